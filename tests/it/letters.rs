//! Letters through the whole house.

mod deciding;
mod issuing;
mod requesting;
mod verifying;

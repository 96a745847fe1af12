//! Letters through the whole house.

mod approving;
mod deciding;
mod issuing;
mod requesting;
mod sealing;
mod verifying;

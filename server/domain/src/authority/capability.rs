//! What all capabilities have in common that let somebody write.

use super::{
    Actor, Administrator, Approver, Convener, DelegationKeeper, Depositor, Downloader, Keeper, Organizer, Responder,
    Reviser, Session, Uploader,
};
use crate::{change::Trail, resource::Owner};

/// What lets somebody write: who it is, and under whose name they do.
pub trait Capability {
    /// Who it is.
    fn actor(&self) -> Actor;

    /// Under whose name.
    fn trail(&self) -> Trail;
}

macro_rules! capabilities {
    ($($capability:ident => |$it:ident| $trail:expr;)*) => {
        $(impl Capability for $capability {
            fn actor(&self) -> Actor {
                self.actor()
            }

            fn trail(&self) -> Trail {
                let $it = self;
                $trail
            }
        })*
    };
}

capabilities! {
    Administrator => |_it| Trail::Installation;
    Convener => |_it| Trail::Installation;
    Session => |_it| Trail::Installation;
    Organizer => |it| it.event().into();
    Approver => |it| it.event().into();
    DelegationKeeper => |it| (&it.delegation().event).into();
    Responder => |it| it.event().into();
    Keeper => |it| Owner::Organization(it.organization().clone()).into();
    Reviser => |it| Owner::Organization(it.organization().clone()).into();
    Depositor => |it| Owner::Organization(it.person().organization.clone()).into();
    Uploader => |it| it.owner().clone().into();
    Downloader => |it| it.owner().clone().into();
}

//! Why a delegation cannot be, or cannot become so.

use chrono::{DateTime, Utc};

use super::{MemberState, State};
use crate::{
    refusal::{Kind, Violation},
    resource::{CategoryName, DelegationMemberName, DelegationName, PersonName},
};

/// What a delegation can lack for its approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody heads it.
    Head,
    /// Nobody sits in it.
    Members,
    /// Its sender has not sent the document by which they nominate them.
    NominationFile,
}

/// Why a delegation cannot be, or cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its state does not allow it.
    #[error("the delegation is {state}, and has to be {wanted}")]
    WrongState {
        /// Which delegation.
        delegation: DelegationName,
        /// Where it stands.
        state: State,
        /// Where it would have to stand.
        wanted: &'static str,
    },
    /// The member has no seat any more.
    #[error("the member is {state}, and has to be NOMINATED or APPROVED")]
    Unseated {
        /// Which member.
        member: DelegationMemberName,
        /// Where they stand.
        state: MemberState,
    },
    /// The member was not replaced, so that nobody has what they left.
    #[error("the member is {state}, and has to be REPLACED")]
    NotReplaced {
        /// Which member.
        member: DelegationMemberName,
        /// Where they stand.
        state: MemberState,
    },
    /// There are not seats for all who were named.
    #[error("{taken} of the delegation's {seats} seats {}are taken", of(category.as_ref()))]
    SeatsTaken {
        /// Of which category; of none in particular, when left out.
        category: Option<CategoryName>,
        /// How many seats there are.
        seats: u32,
        /// How many are taken.
        taken: u32,
    },
    /// Some who were named have a seat already, here or in another delegation of the event, or were named twice.
    #[error("{} of the people named have a seat in a delegation of the event already", people.len())]
    AlreadyNominated {
        /// Who.
        people: Vec<PersonName>,
    },
    /// It lacks what its approval needs.
    #[error("the delegation has no {}", words(missing))]
    Incomplete {
        /// Which delegation.
        delegation: DelegationName,
        /// What.
        missing: Vec<Missing>,
    },
    /// Its focal points are too late.
    #[error("the time until which members are named passed at {}", deadline.to_rfc3339())]
    DeadlinePassed {
        /// Which delegation.
        delegation: DelegationName,
        /// When it passed.
        deadline: DateTime<Utc>,
    },
    /// Only a member can head it.
    #[error("only a member of the delegation can head it")]
    HeadNotAMember {
        /// Who was to head it.
        person: PersonName,
    },
}

impl Missing {
    const fn word(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Members => "members",
            Self::NominationFile => "nomination file",
        }
    }
}

fn words(missing: &[Missing]) -> String {
    missing.iter().map(|missing| missing.word()).collect::<Vec<_>>().join(" and no ")
}

fn of(category: Option<&CategoryName>) -> String {
    category.map(|category| format!("of {category} ")).unwrap_or_default()
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongState { .. }
            | Self::Unseated { .. }
            | Self::NotReplaced { .. }
            | Self::SeatsTaken { .. }
            | Self::AlreadyNominated { .. }
            | Self::Incomplete { .. }
            | Self::DeadlinePassed { .. }
            | Self::HeadNotAMember { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } | Self::Unseated { .. } | Self::NotReplaced { .. } => "ERROR_REASON_WRONG_STATE",
            Self::SeatsTaken { .. } => "ERROR_REASON_SEATS_TAKEN",
            Self::AlreadyNominated { .. } => "ERROR_REASON_ALREADY_NOMINATED",
            Self::Incomplete { .. } => "ERROR_REASON_DELEGATION_INCOMPLETE",
            Self::DeadlinePassed { .. } => "ERROR_REASON_DEADLINE_PASSED",
            Self::HeadNotAMember { .. } => "ERROR_REASON_HEAD_NOT_A_MEMBER",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongState { delegation, state, wanted } => vec![
                ("resource", delegation.to_string()),
                ("state", state.to_string()),
                ("wanted", (*wanted).to_owned()),
            ],
            Self::Unseated { member, state } => vec![
                ("resource", member.to_string()),
                ("state", state.to_string()),
                ("wanted", "NOMINATED or APPROVED".to_owned()),
            ],
            Self::NotReplaced { member, state } => {
                vec![("resource", member.to_string()), ("state", state.to_string()), ("wanted", "REPLACED".to_owned())]
            }
            Self::SeatsTaken { category, seats, taken } => vec![
                ("seats", seats.to_string()),
                ("taken", taken.to_string()),
                ("category", category.as_ref().map(ToString::to_string).unwrap_or_default()),
            ],
            Self::AlreadyNominated { .. } => Vec::new(),
            Self::Incomplete { delegation, missing: _ } => vec![("delegation", delegation.to_string())],
            Self::DeadlinePassed { delegation, deadline } => {
                vec![("delegation", delegation.to_string()), ("deadline", deadline.to_rfc3339())]
            }
            Self::HeadNotAMember { person } => vec![("person", person.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::AlreadyNominated { people } => people
                .iter()
                .map(|person| Violation {
                    code: "already_nominated".to_owned(),
                    subject: person.to_string(),
                    description: "has a seat in a delegation of the event already, or is named twice".to_owned(),
                })
                .collect(),
            Self::Incomplete { delegation, missing } => missing
                .iter()
                .map(|missing| Violation {
                    code: format!("{}_missing", missing.word().replace(' ', "_")),
                    subject: delegation.to_string(),
                    description: format!("the delegation has no {}", missing.word()),
                })
                .collect(),
            Self::WrongState { .. }
            | Self::Unseated { .. }
            | Self::NotReplaced { .. }
            | Self::SeatsTaken { .. }
            | Self::DeadlinePassed { .. }
            | Self::HeadNotAMember { .. } => Vec::new(),
        }
    }
}

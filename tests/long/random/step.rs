//! What can be tried.

use super::world::{Capacity, Role, Status, Who};

/// What is given as the legal profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Whole(bool),
    NameOnly,
    Webmail,
    RoleAddress,
    AnotherCountry,
    Stale,
}

/// Which text is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Newest,
    Older,
    OtherHash,
    OtherCapacity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Review {
    Claim,
    Judge(usize, Status),
    Approve,
}

/// Who reviews: one of the operator's two reviewers, or somebody who isn't one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reviewer {
    Staff(usize),
    Other(Who),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consents {
    All,
    Required,
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Etag {
    Absent,
    Present,
    Stale,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Roles(Role),
    Disable,
    Enable,
}

/// Something that somebody tries. Numbers name members of the cast, or things in the order in which they came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Found(usize),
    Legal(usize, Who, Form),
    Support(usize, Who),
    Draft(usize, Capacity, Who),
    Preapprove(usize, Capacity, Who),
    Submit {
        of: usize,
        capacity: Capacity,
        by: Who,
        etag: Etag,
        dry: bool,
    },
    Locate {
        of: usize,
        home: bool,
    },
    Associate {
        of: usize,
        location: usize,
        by: Who,
        right: bool,
    },
    Sign {
        of: usize,
        capacity: Capacity,
        by: Who,
        text: Text,
    },
    Answer {
        of: usize,
        approver: bool,
        yes: bool,
    },
    Review {
        of: usize,
        by: Reviewer,
        act: Review,
        etag: Etag,
    },
    TakeOn {
        of: usize,
        by: Who,
        role: Role,
    },
    ChangeUser {
        of: usize,
        second: bool,
        by: Who,
        to: Change,
    },
    InvitePartner {
        by: Who,
        target: usize,
        ask: bool,
    },
    InviteCustomer {
        by: Who,
        through: Option<usize>,
        target: usize,
        ask: bool,
    },
    Accept {
        invitation: usize,
        by: Who,
        link: bool,
        consents: Consents,
        shown: bool,
    },
    AllowOrders {
        partnership: usize,
        by: Who,
        allowed: bool,
        etag: Etag,
    },
    End {
        partnership: usize,
        by: Who,
        cascade: bool,
        etag: Etag,
        dry: bool,
    },
    Revoke {
        grant: usize,
        by: Who,
        etag: Etag,
    },
    Ask {
        trio: [usize; 3],
        by: Who,
    },
    /// The write before once more, with the same request id: the same, or another under its id.
    Again {
        same: bool,
    },
    Turn,
}

impl Step {
    /// Who signs in for it.
    pub(super) fn by(self) -> Option<Who> {
        match self {
            Step::Found(of) => Some(Who::Founder(of)),
            Step::Legal(_, by, _) | Step::Support(_, by) | Step::Draft(_, _, by) | Step::Preapprove(_, _, by) => {
                Some(by)
            }
            Step::Submit { by, .. }
            | Step::Associate { by, .. }
            | Step::Sign { by, .. }
            | Step::TakeOn { by, .. }
            | Step::ChangeUser { by, .. }
            | Step::InvitePartner { by, .. }
            | Step::InviteCustomer { by, .. }
            | Step::Accept { by, .. }
            | Step::AllowOrders { by, .. }
            | Step::End { by, .. }
            | Step::Revoke { by, .. }
            | Step::Ask { by, .. } => Some(by),
            Step::Review { by: Reviewer::Other(by), .. } => Some(by),
            Step::Locate { .. } => Some(Who::Operator),
            Step::Answer { .. } | Step::Review { .. } | Step::Again { .. } | Step::Turn => None,
        }
    }
}

//! The oracle's world: what a reader of the requirements would keep on paper. Plain lists, no code of the product.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use super::cast::*;

/// As what an organization takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Capacity {
    Provider,
    Reseller,
}

/// Whoever belongs to an organization of the cast: its founder, or a second person that may be taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Founder(usize),
    Second(usize),
    Operator,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    GlobalAdmin,
    AdminAgent,
    SalesAgent,
    HelpdeskAgent,
    UserAdmin,
}

#[derive(Debug, Clone, Default)]
pub(super) struct User {
    pub(super) roles: BTreeSet<Role>,
    pub(super) disabled: bool,
    /// Signed in since it was taken on.
    pub(super) bound: bool,
}

/// How far the legal profile is filled in, and which of two names it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Legal {
    pub(super) name: Option<bool>,
    pub(super) rest: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Draft,
    Verifying,
    Qualified,
    Active,
    Ended,
}

#[derive(Debug, Clone)]
pub(super) struct Enrollment {
    pub(super) stage: Stage,
    pub(super) signed: i32,
    /// The version that its people were last reminded to sign, and how near its day was.
    pub(super) reminded: (i32, u8),
    pub(super) submitter: Option<Who>,
}

#[derive(Debug, Clone)]
pub(super) struct Location {
    pub(super) home: bool,
    pub(super) wrong: u32,
    pub(super) associated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Passed,
    Failed,
    Waived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseStage {
    AwaitingEmail,
    Queued,
    InReview(usize),
    Approved,
    Rejected,
    Expired,
}

/// EMAIL, DOMAIN, EMPLOYMENT, AUTHORITY, BUSINESS, in this order.
pub(super) const CHECKS: [&str; 5] = ["EMAIL", "DOMAIN", "EMPLOYMENT", "AUTHORITY", "BUSINESS"];
pub(super) const EMAIL: usize = 0;
pub(super) const DOMAIN: usize = 1;
pub(super) const AUTHORITY: usize = 3;

#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) stage: CaseStage,
    pub(super) checks: [Status; 5],
    pub(super) revision: u32,
    pub(super) due: i64,
    /// When a reviewer took it last.
    pub(super) claimed: i64,
    /// The mails that ask contact and approver, the newest of each.
    pub(super) letters: [Option<Letter>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterStage {
    Pending,
    Verified,
    Denied,
    Expired,
}

#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) stage: LetterStage,
    pub(super) expires: i64,
    pub(super) reminded: bool,
    /// Never mailed: its reader has said no before.
    pub(super) withheld: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Organization {
    pub(super) founded: bool,
    pub(super) users: [Option<User>; 2],
    pub(super) legal: Legal,
    pub(super) revision: u32,
    pub(super) support: bool,
    pub(super) enrollments: BTreeMap<Capacity, Enrollment>,
    pub(super) preapproved: BTreeMap<Capacity, i64>,
    pub(super) locations: Vec<Location>,
    pub(super) cases: Vec<Case>,
    pub(super) proven: bool,
    /// Mail goes to the primary contact once something was submitted; before, to the founder.
    pub(super) submitted: bool,
    pub(super) customer_agreement: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvitationStage {
    Pending,
    Accepted,
    Expired,
}

#[derive(Debug, Clone)]
pub(super) struct Invitation {
    pub(super) stage: InvitationStage,
    pub(super) sender: usize,
    pub(super) provider: Option<usize>,
    pub(super) reseller: Option<usize>,
    /// Both sides of it invite a customer.
    pub(super) through: Option<usize>,
    /// A customer is invited, by the address of this organization's founder; else a partner.
    pub(super) customer: bool,
    pub(super) target: usize,
    pub(super) recipient: Option<usize>,
    /// Who asks for administration.
    pub(super) asks: Vec<usize>,
    pub(super) expires: i64,
    pub(super) reminded: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Partnership {
    pub(super) provider: usize,
    pub(super) reseller: usize,
    pub(super) orders: bool,
    pub(super) ended: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Relationship {
    pub(super) partner: usize,
    pub(super) customer: usize,
    pub(super) capacity: Capacity,
    pub(super) through: Option<usize>,
    pub(super) ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    Partnership(usize),
    Relationship(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GrantStage {
    Active,
    Revoked,
    Expired,
}

#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) grantor: usize,
    pub(super) grantee: usize,
    pub(super) under: Under,
    pub(super) stage: GrantStage,
    pub(super) expires: i64,
    pub(super) reminded: bool,
}

/// What happens to everybody between two stretches of journeys: perhaps a new agreement, then time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) publish: Option<Capacity>,
    pub(super) hours: i64,
}

/// The agreements there are: per capacity the versions with their hours of publication and of the last day to sign.
pub(super) type Agreements = BTreeMap<Capacity, Vec<(i32, i64)>>;

/// What all journeys that are played at once have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) turns: Vec<Turn>,
    /// The newest version of each agreement when the journey begins; it is old enough for everybody to have signed it.
    pub(super) versions: BTreeMap<Capacity, i32>,
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) turn: usize,
    pub(super) hour: i64,
    pub(super) agreements: Agreements,
    pub(super) cast: Vec<Organization>,
    pub(super) invitations: Vec<Invitation>,
    pub(super) partnerships: Vec<Partnership>,
    pub(super) relationships: Vec<Relationship>,
    pub(super) grants: Vec<Grant>,
    /// How often the journals tell of what, and how many mails of which kind went to whom.
    pub(super) told: BTreeMap<String, i64>,
    /// The step before was a write that was taken, and may be sent again.
    pub(super) repeatable: bool,
}

impl World {
    pub(super) fn new(plan: Plan) -> World {
        let agreements =
            plan.versions.iter().map(|(capacity, version)| (*capacity, vec![(*version, i64::MIN)])).collect();
        World {
            plan,
            turn: 0,
            hour: 0,
            agreements,
            cast: vec![Organization::default(); CAST.len()],
            invitations: Vec::new(),
            partnerships: Vec::new(),
            relationships: Vec::new(),
            grants: Vec::new(),
            told: BTreeMap::new(),
            repeatable: false,
        }
    }

    /// Counts what a journal tells.
    pub(super) fn journal(&mut self, kind: &str) {
        *self.told.entry(format!("journal {kind}")).or_default() += 1;
    }

    /// Counts a mail to one of an organization's addresses.
    pub(super) fn mail(&mut self, kind: &str, organization: usize, person: &str) {
        *self.told.entry(format!("mail {kind} to {person} of {}", CAST[organization].name)).or_default() += 1;
    }

    /// Counts a mail to an organization as such.
    pub(super) fn mail_to(&mut self, kind: &str, organization: usize) {
        let person = if self.cast[organization].submitted { "contact" } else { "founder" };
        self.mail(kind, organization, person);
    }
}

impl Who {
    pub(super) fn organization(self) -> Option<usize> {
        match self {
            Who::Founder(organization) | Who::Second(organization) => Some(organization),
            Who::Operator => None,
        }
    }

    pub(super) fn slot(self) -> usize {
        usize::from(matches!(self, Who::Second(_)))
    }
}

impl Case {
    /// Whether the approver has said no.
    pub(super) fn is_denied(&self) -> bool {
        self.letters[1].as_ref().is_some_and(|letter| letter.stage == LetterStage::Denied)
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.stage, CaseStage::AwaitingEmail | CaseStage::Queued | CaseStage::InReview(_))
    }
}

impl Organization {
    /// Whether an enrollment of it has ended: what follows from that is left to enrollment's own tests.
    pub(super) fn has_ended(&self) -> bool {
        self.enrollments.values().any(|enrollment| enrollment.stage == Stage::Ended)
    }

    pub(super) fn location(&self) -> Option<&Location> {
        self.locations.iter().find(|location| location.associated)
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.iter().flatten()
    }
}

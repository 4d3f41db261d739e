//! Steps as calls over gRPC, and whether they came to what the oracle said.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::caller::{Caller, NOBODY};
use super::oracle::Verdict;
use super::step::{Etag, Step};
use super::world::{CAST, Capacity, Turn, Who, World};
use crate::harness::call::{list, text};

/// Which service a step is tried at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Enrollment,
    Verification,
    Relationship,
}

/// Why a journey stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    /// The next step needs what others were told.
    Settle,
    /// Its next step is everybody's.
    Turn,
    /// There is no next step, or it came to something else than foretold.
    End,
}

/// The texts to sign: per capacity, region and version a template's name and hash.
pub(super) type Texts = BTreeMap<(Capacity, String, i32), (String, String)>;

/// A journey under way.
pub(super) struct Journey {
    pub(super) world: World,
    pub(super) caller: Caller,
    /// What makes its names its own.
    pub(super) tag: String,
    pub(super) texts: Texts,
    pub(super) offset: chrono::TimeDelta,
    pub(super) steps: VecDeque<Step>,
    /// Each step that was tried, with what it came to.
    pub(super) tried: Vec<(Step, Verdict)>,
    /// What came out otherwise.
    pub(super) differs: Option<String>,
    /// The service whose news the others have not heard yet.
    dirty: Option<Home>,
    pub(super) organizations: Vec<String>,
    pub(super) users: BTreeMap<(usize, usize), String>,
    pub(super) enrollments: BTreeMap<(usize, Capacity), String>,
    pub(super) locations: BTreeMap<(usize, usize), (String, String)>,
    pub(super) invitations: Vec<String>,
    pub(super) tokens: BTreeMap<String, String>,
    /// Cases under review, as reviewers saw them last.
    pub(super) cases: BTreeMap<usize, Value>,
    pub(super) partnerships: Vec<String>,
    pub(super) relationships: Vec<String>,
    pub(super) grants: Vec<String>,
}

impl Journey {
    pub(super) fn new(world: World, steps: &[Step], caller: Caller, tag: String) -> Journey {
        Journey {
            world,
            caller,
            tag,
            texts: Texts::new(),
            offset: chrono::TimeDelta::zero(),
            steps: steps.iter().copied().collect(),
            tried: Vec::new(),
            differs: None,
            dirty: None,
            organizations: vec![String::new(); CAST.len()],
            users: BTreeMap::new(),
            enrollments: BTreeMap::new(),
            locations: BTreeMap::new(),
            invitations: Vec::new(),
            tokens: BTreeMap::new(),
            cases: BTreeMap::new(),
            partnerships: Vec::new(),
            relationships: Vec::new(),
            grants: Vec::new(),
        }
    }

    /// Goes on until something is needed that concerns the others too.
    pub(super) async fn go(&mut self) -> Pause {
        while let Some(step) = self.steps.front().copied() {
            if self.differs.is_some() {
                return Pause::End;
            }
            if step == Step::Turn {
                return Pause::Turn;
            }
            let home = home(step);
            let mailed = matches!(step, Step::Answer { .. } | Step::Accept { .. });
            if self.dirty.is_some_and(|dirty| mailed || home.is_some_and(|home| home != dirty)) {
                return Pause::Settle;
            }
            self.steps.pop_front();
            self.try_step(step, home).await;
        }
        Pause::End
    }

    /// All was delivered.
    pub(super) fn settled(&mut self) {
        self.dirty = None;
    }

    /// Its own turn, or everybody's while it has no steps left.
    pub(super) fn turn(&mut self, turn: &Turn, offset: chrono::TimeDelta) {
        if self.steps.front() == Some(&Step::Turn) {
            self.steps.pop_front();
        }
        self.cases.clear();
        let verdict = self.world.take(Step::Turn);
        assert_eq!(verdict, Verdict::Done, "the plan has {turn:?}");
        self.tried.push((Step::Turn, verdict));
        self.offset = offset;
    }

    async fn try_step(&mut self, step: Step, home: Option<Home>) {
        let before = self.world.clone();
        let foretold = self.world.take(step);
        self.tried.push((step, foretold));
        if foretold == Verdict::Pointless {
            return;
        }
        let came = self.perform(step, &before).await;
        let came_to = match &came {
            Ok(_) => "DONE",
            Err(reason) => reason.as_str(),
        };
        let expected = match foretold {
            Verdict::Refused(reason) => reason,
            _ => "DONE",
        };
        if came_to != expected {
            let found = came.map_or_else(|reason| reason, |body| format!("done: {body}"));
            self.differs = Some(format!("{step:?} should come to {expected}, but came to {found}"));
            return;
        }
        let Ok(answer) = came else {
            // A wrong claim code is counted, which nobody else hears of.
            return;
        };
        let dry = matches!(step, Step::Submit { dry: true, .. } | Step::End { dry: true, .. });
        if let Step::Ask { trio, .. } = step {
            let (found, expected) = (self.reasons(&answer), self.world.ineligible(trio));
            if found != expected || answer["eligible"] != json!(expected.is_empty()) {
                self.differs = Some(format!("{step:?} should answer {expected:?}, but answered {found:?}"));
            }
        } else if !dry {
            self.remember(step, &answer, &before).await;
            self.dirty = home.or(self.dirty);
        }
    }

    /// Keeps the names of what came to be.
    async fn remember(&mut self, step: Step, answer: &Value, before: &World) {
        match step {
            Step::Found(of) => {
                self.organizations[of] = text(answer, "name");
                self.caller.forget(&self.address(Who::Founder(of)));
            }
            Step::Draft(of, capacity, _) => {
                self.enrollments.insert((of, capacity), text(answer, "name"));
            }
            Step::Locate { of, .. } => {
                let at = self.world.cast[of].locations.len() - 1;
                self.locations.insert((of, at), (text(answer, "name"), text(answer, "claim_code")));
            }
            Step::TakeOn { of, .. } => {
                self.users.insert((of, 1), text(answer, "name"));
                self.caller.forget(&self.address(Who::Second(of)));
            }
            Step::ChangeUser { of, second, .. } => {
                let who = if second { Who::Second(of) } else { Who::Founder(of) };
                self.caller.forget(&self.address(who));
            }
            Step::Answer { of, .. } | Step::Submit { of, .. } => {
                self.cases.remove(&of);
            }
            Step::InvitePartner { .. } | Step::InviteCustomer { .. } => {
                self.invitations.push(text(answer, "invitation.name"));
            }
            Step::Accept { by, .. } => {
                if self.partnerships.len() < self.world.partnerships.len() {
                    self.partnerships.push(text(answer, "invitation.result_partnership"));
                }
                for related in list(answer, "invitation.result_relationships") {
                    let related = related.as_str().expect("a name").to_owned();
                    if !self.relationships.contains(&related) {
                        self.relationships.push(related);
                    }
                }
                self.learn_grants(by, before.grants.len()).await;
            }
            _ => {}
        }
    }

    /// The names of the grants that came of an acceptance: by what they stand under, and to whom.
    async fn learn_grants(&mut self, by: Who, known: usize) {
        if known == self.world.grants.len() {
            return;
        }
        let address = self.address(by);
        let request = json!({ "page_size": 200 });
        let all = self.caller.read(&address, "relationship.AdminGrantService/ListAdminGrants", request).await;
        let all = list(&all, "admin_grants");
        for grant in &self.world.grants[known..] {
            let parent = self.parent(grant);
            let same = |found: &&Value| {
                found["parent"] == json!(parent)
                    && found["grantee"] == json!(self.organizations[grant.grantee])
                    && !self.grants.contains(&text(found, "name"))
            };
            match all.iter().find(same) {
                Some(found) => self.grants.push(text(found, "name")),
                None => self.differs = Some(format!("{grant:?} is not among the grants")),
            }
        }
    }

    /// Who somebody is by address.
    pub(super) fn address(&self, who: Who) -> String {
        match who {
            Who::Founder(of) => self.person(of, "founder"),
            Who::Second(of) => self.person(of, "second"),
            Who::Operator => "operator@linkage.example".to_owned(),
        }
    }

    pub(super) fn person(&self, of: usize, name: &str) -> String {
        format!("{name}.person@{}", self.domain(of))
    }

    pub(super) fn domain(&self, of: usize) -> String {
        format!("{}-{}.example", CAST[of].name, self.tag)
    }

    /// The token that a mail carried to this address.
    pub(super) async fn mailed(&mut self, to: &str, kind: &str, of: Option<&str>) -> Result<String, String> {
        let operator = self.address(Who::Operator);
        let request = json!({ "parent": format!("mailboxes/{to}"), "kind": kind, "page_size": 200 });
        let mails = self.caller.read(&operator, "notification.MailboxService/ListMailboxMessages", request).await;
        for mail in list(&mails, "mailbox_messages").iter().rev() {
            let name = text(mail, "name");
            if !self.tokens.contains_key(&name) {
                let links = mail["links"].as_object().expect("links");
                let link = links.iter().find(|(name, _)| name.ends_with("_link")).expect("a link").1;
                let token = link.as_str().and_then(|link| link.split_once('#')).expect("a token in the fragment").1;
                self.tokens.insert(name.clone(), token.to_owned());
            }
            let token = &self.tokens[&name];
            if of.is_none_or(|of| token.split('.').nth(1) == of.rsplit('/').next()) {
                return Ok(token.clone());
            }
        }
        Err(format!("no mail of kind {kind} to {to} about {of:?}"))
    }

    /// The version that a step names.
    pub(super) async fn version(&mut self, etag: Etag, who: &str, rpc: &str, name: &str) -> String {
        match etag {
            Etag::Absent => String::new(),
            Etag::Stale => "9999".to_owned(),
            Etag::Present => text(&self.caller.read(who, rpc, json!({ "name": name })).await, "etag"),
        }
    }

    /// What a link asks; anybody who holds it may look.
    pub(super) async fn offer(&mut self, token: &str) -> Result<Value, String> {
        let request = json!({ "token": token });
        self.caller.try_read(NOBODY, "relationship.InvitationService/InspectInvitation", request).await
    }
}

/// Where a step is tried.
fn home(step: Step) -> Option<Home> {
    match step {
        Step::Answer { .. } | Step::Review { .. } => Some(Home::Verification),
        Step::InvitePartner { .. }
        | Step::InviteCustomer { .. }
        | Step::Accept { .. }
        | Step::AllowOrders { .. }
        | Step::End { .. }
        | Step::Revoke { .. }
        | Step::Ask { .. } => Some(Home::Relationship),
        Step::Again { .. } | Step::Turn => None,
        _ => Some(Home::Enrollment),
    }
}

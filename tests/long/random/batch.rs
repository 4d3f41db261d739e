//! Plays journeys beside each other on one suite. Each goes on by itself until it needs what others were told, or until time passes,
//! which passes for all.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use futures::future::join_all;
use linkage::ServiceName;
use linkage::people::People;
use serde_json::json;
use tokio::sync::Mutex;

use super::caller::Caller;
use super::compare::{differences, expected};
use super::oracle::Verdict;
use super::perform::REVIEWERS;
use super::play::{Journey, Pause, Texts};
use super::requests::kind;
use super::step::Step;
use super::tables::{Owners, Read, found};
use super::world::{Capacity, Plan, SIGN_HOURS, Turn, World};
use crate::harness::Stage;
use crate::harness::call::text;

const REGIONS: [&str; 2] = ["EUROPE", "UNITED_STATES"];

/// What became of a journey.
pub(super) struct Ending {
    pub(super) tried: Vec<(Step, Verdict)>,
    pub(super) world: World,
    /// What came out otherwise than the oracle said.
    pub(super) differs: Option<String>,
}

/// A suite on which batch after batch is played.
pub(super) struct Ground<'s> {
    stage: &'s mut Stage,
    staff: Arc<Mutex<People>>,
    versions: BTreeMap<Capacity, i32>,
    texts: Texts,
    read: Read,
    batches: usize,
}

impl Ground<'_> {
    /// The operator's people and the first agreements.
    pub(super) async fn prepare(stage: &mut Stage) -> Ground<'_> {
        let programme = stage.programme().await;
        let operator = stage.operator();
        let user = json!({ "email": REVIEWERS[1], "display_name": "Rune Reviewer", "roles": ["ROLE_REVIEWER"] });
        let request = json!({ "parent": programme.organization, "user": user });
        stage.ok(&operator, "enrollment.UserService/CreateUser", request).await;
        let staff = linkage::token::people(&stage.settings).expect("the development issuer's key");
        let mut ground = Ground {
            stage,
            staff: Arc::new(Mutex::new(staff)),
            versions: BTreeMap::new(),
            texts: Texts::new(),
            read: Read::new(),
            batches: 0,
        };
        for capacity in [Capacity::Provider, Capacity::Reseller] {
            // Twice, so that there is an older one to sign by mistake.
            ground.publish(capacity).await;
            ground.publish(capacity).await;
        }
        ground
    }

    /// A new version of a capacity's agreement, with little time to sign it. The first one is there already, in version 1.
    async fn publish(&mut self, capacity: Capacity) {
        let version = self.versions.get(&capacity).map_or(2, |version| version + 1);
        let now = self.stage.now().await;
        let time = |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        for region in REGIONS {
            let template = json!({
                "type": kind(capacity), "region": region, "version": version, "language_code": "en",
                "text": format!("The partner agreement, {region}, version {version}."),
                "effective_time": time(now - TimeDelta::minutes(1)), "sign_by_time": time(now + TimeDelta::hours(SIGN_HOURS)),
            });
            let request = json!({ "agreement_template": template });
            let operator = self.stage.operator();
            let made = self.stage.ok(&operator, "enrollment.AgreementService/PublishAgreementTemplate", request).await;
            self.texts.insert((capacity, region.to_owned(), version), (text(&made, "name"), text(&made, "sha256")));
        }
        self.versions.insert(capacity, version);
    }

    /// A plan from where the agreements stand now.
    pub(super) fn plan(&self, turns: &[Turn]) -> Plan {
        Plan { turns: turns.to_vec(), versions: self.versions.clone() }
    }

    /// Plays journeys that share a plan; an ending each, in their order.
    pub(super) async fn play(&mut self, turns: &[Turn], all: &[Vec<Step>]) -> Vec<Ending> {
        self.batches += 1;
        // Of one length, since a registration number is compared without what stands between its parts.
        let batch = format!("b{:05}", self.batches);
        let plan = self.plan(turns);
        let mut journeys: Vec<Journey> =
            all.iter().enumerate().map(|(at, steps)| self.journey(&plan, &format!("{batch}-{at:02}"), steps)).collect();
        let mut turns = turns.iter();
        loop {
            let pauses = join_all(journeys.iter_mut().map(Journey::go)).await;
            if pauses.contains(&Pause::Settle) {
                self.deliver().await;
                journeys.iter_mut().for_each(Journey::settled);
                continue;
            }
            let Some(turn) = turns.next() else { break };
            self.turn(turn, &mut journeys).await;
        }
        self.stage.settle().await;
        join_all(journeys.iter_mut().map(ask_all)).await;
        self.compare(&batch, &mut journeys);
        let ending = |journey: Journey| Ending { tried: journey.tried, world: journey.world, differs: journey.differs };
        journeys.into_iter().map(ending).collect()
    }

    fn journey(&self, plan: &Plan, tag: &str, steps: &[Step]) -> Journey {
        let people = linkage::token::people(&self.stage.settings).expect("the development issuer's key");
        let caller = Caller::new(self.stage.client.clone(), people, Arc::clone(&self.staff));
        let mut journey = Journey::new(World::new(plan.clone()), steps, caller, tag.to_owned());
        journey.texts.clone_from(&self.texts);
        journey.offset = self.stage.offset();
        journey
    }

    async fn turn(&mut self, turn: &Turn, journeys: &mut [Journey]) {
        if let Some(capacity) = turn.publish {
            self.publish(capacity).await;
        }
        self.stage.advance(TimeDelta::hours(turn.hours)).await;
        for journey in journeys {
            journey.texts.clone_from(&self.texts);
            journey.turn(turn, self.stage.offset());
            journey.settled();
        }
    }

    /// Lets everybody hear what happened: what time alone brings comes with the turns.
    async fn deliver(&mut self) {
        loop {
            let nodes = self.stage.suite.nodes();
            for refreshed in join_all(nodes.iter().map(|node| node.refresh_access())).await {
                refreshed.expect("rights are read");
            }
            let relayed = join_all(nodes.iter().map(|node| node.relay_once())).await;
            // Mail is sent by notification's own pass.
            let sending = nodes.iter().filter(|node| node.name() == ServiceName::Notification);
            let sent = join_all(sending.map(|node| node.sweep_once())).await;
            if relayed.into_iter().chain(sent).map(|moved| moved.expect("a pass is made")).sum::<usize>() == 0 {
                break;
            }
        }
        // How far relationship's knowledge reaches is told by enrollment's own pass.
        for node in self.stage.suite.nodes().iter().filter(|node| node.name() == ServiceName::Enrollment) {
            node.sweep_once().await.expect("a pass is made");
        }
        if !self.stage.stuck().await.is_empty() {
            self.stage.settle().await;
        }
    }

    fn compare(&mut self, batch: &str, journeys: &mut [Journey]) {
        let mut owners = Owners::new();
        for (at, journey) in journeys.iter().enumerate() {
            let named = journey.organizations.iter().enumerate().filter(|(_, name)| !name.is_empty());
            owners.extend(named.map(|(of, name)| (name.clone(), (at, of))));
        }
        let found = found(self.stage, batch, &owners, journeys.len(), &mut self.read);
        for (journey, found) in journeys.iter_mut().zip(found) {
            let wrong = differences(&expected(&journey.world), &found);
            if journey.differs.is_none() && !wrong.is_empty() {
                journey.differs = Some(format!("the tables differ:\n  {}", wrong.join("\n  ")));
            }
        }
    }
}

async fn ask_all(journey: &mut Journey) {
    if journey.differs.is_none() {
        let wrong = journey.ask_all().await;
        if !wrong.is_empty() {
            journey.differs = Some(format!("the answers differ:\n  {}", wrong.join("\n  ")));
        }
    }
}

//! How far the journeys came: a random test that never reaches the interesting states proves nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use super::batch::Ending;
use super::oracle::Verdict;
use super::step::Step;
use super::world::{CAST, CaseStage, GrantStage, InvitationStage, Stage, World};

pub(super) struct Report {
    database: String,
    since: Instant,
    journeys: usize,
    steps: usize,
    /// Per kind of step: done, refused.
    kinds: BTreeMap<String, [usize; 2]>,
    reasons: BTreeMap<&'static str, usize>,
    /// In how many journeys something came to be.
    reached: BTreeMap<&'static str, usize>,
}

impl Report {
    pub(super) fn begin(database: &str) -> Report {
        Report {
            database: database.to_owned(),
            since: Instant::now(),
            journeys: 0,
            steps: 0,
            kinds: BTreeMap::new(),
            reasons: BTreeMap::new(),
            reached: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, ending: &Ending) {
        self.journeys += 1;
        for (step, verdict) in &ending.tried {
            let refused = match verdict {
                Verdict::Pointless => continue,
                Verdict::Done => 0,
                Verdict::Refused(reason) => {
                    *self.reasons.entry(reason).or_default() += 1;
                    1
                }
            };
            self.steps += 1;
            self.kinds.entry(kind(step)).or_default()[refused] += 1;
        }
        for (what, reached) in reached(&ending.world, &ending.tried) {
            *self.reached.entry(what).or_default() += usize::from(reached);
        }
    }

    pub(super) fn journeys(&self) -> usize {
        self.journeys
    }

    /// Fails where too few journeys come to what matters. A handful may miss what is rare.
    pub(super) fn is_far_reaching(&self) {
        if self.journeys < 500 {
            return;
        }
        let never: Vec<&str> = self.reached.iter().filter(|(_, count)| **count == 0).map(|(what, _)| *what).collect();
        assert!(never.is_empty(), "no journey reached: {never:?}");
        for reason in ["MARKET_MISMATCH", "NO_ACTIVE_PARTNERSHIP", "RECIPIENT_MISMATCH", "LIVE_RELATIONSHIPS"] {
            assert!(self.reasons.contains_key(reason), "nothing was refused for {reason}");
        }
        let permitted = self.reached.get("an order permitted").copied().unwrap_or_default();
        assert!(permitted * 10 >= self.journeys, "an order was permitted in {permitted} of {} journeys", self.journeys);
    }
}

fn kind(step: &Step) -> String {
    format!("{step:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

fn reached(world: &World, tried: &[(Step, Verdict)]) -> Vec<(&'static str, bool)> {
    let enrollments = || world.cast.iter().flat_map(|one| one.enrollments.values());
    let cases = || world.cast.iter().flat_map(|one| &one.cases);
    let done =
        |wanted: fn(&Step) -> bool| tried.iter().any(|(step, verdict)| *verdict == Verdict::Done && wanted(step));
    let mut permitted = false;
    for provider in 0..2 {
        for reseller in 2..4 {
            permitted |= (4..CAST.len()).any(|customer| world.ineligible([provider, reseller, customer]).is_empty());
        }
    }
    vec![
        ("an enrollment active", enrollments().any(|one| one.stage == Stage::Active)),
        ("an enrollment ended", enrollments().any(|one| one.stage == Stage::Ended)),
        ("a case expired", cases().any(|case| case.stage == CaseStage::Expired)),
        ("a partnership", !world.partnerships.is_empty()),
        ("a partnership ended", world.partnerships.iter().any(|one| one.ended)),
        ("a relationship", !world.relationships.is_empty()),
        ("a relationship ended", world.relationships.iter().any(|one| one.ended)),
        ("an invitation expired", world.invitations.iter().any(|one| one.stage == InvitationStage::Expired)),
        ("a grant revoked", world.grants.iter().any(|one| one.stage == GrantStage::Revoked)),
        ("a grant expired", world.grants.iter().any(|one| one.stage == GrantStage::Expired)),
        ("a write repeated", done(|step| matches!(step, Step::Again { .. }))),
        ("an order checked by a party", done(|step| matches!(step, Step::Ask { .. }))),
        ("an order permitted", permitted),
    ]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: usize = self.reasons.values().sum();
        let seconds = self.since.elapsed().as_secs_f64();
        let (share, each) = (refused * 100 / self.steps.max(1), seconds * 1000.0 / self.journeys.max(1) as f64);
        writeln!(
            f,
            "{}: {} journeys, {} steps, {refused} of them refused ({share} %), in {seconds:.1} s ({each:.0} ms each), no difference",
            self.database, self.journeys, self.steps
        )?;
        writeln!(f, "  step               done  refused")?;
        for (kind, [done, refused]) in &self.kinds {
            writeln!(f, "  {kind:<16} {done:>6} {refused:>8}")?;
        }
        writeln!(f, "  refused for")?;
        for (reason, count) in &self.reasons {
            writeln!(f, "  {reason:<26} {count:>6}")?;
        }
        writeln!(f, "  journeys that reached")?;
        for (what, count) in &self.reached {
            writeln!(f, "  {what:<28} {count:>6}")?;
        }
        Ok(())
    }
}

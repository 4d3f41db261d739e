//! What commands must show for themselves in every service: each acknowledged one all of its effects, each effect once; any
//! other one everything or nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, OPERATOR, Refused, Write};

/// How long nothing may move while effects are on their way: several leases.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long they may take in all, however steadily they come.
const LONGEST: Duration = Duration::from_secs(600);

/// Service and kind of entries, and how often they stand in the trail.
type Shape = BTreeMap<String, usize>;

/// What one undisturbed command of each RPC sets in motion.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effects(BTreeMap<String, Shape>);

impl Caller {
    /// Brings one more company from nothing to a submitted enrollment, which sets verification and notification in motion.
    pub(crate) fn enroll(&mut self, name: &str) -> Result<(), Box<Refused>> {
        let who = format!("ada@{name}.example");
        let organization = json!({ "display_name": name, "region_code": "SE", "language_code": "en" });
        let organization = json!({ "organization": organization });
        let organization = self.write(&who, "enrollment.OrganizationService/CreateOrganization", organization)?;
        let organization = organization["name"].as_str().unwrap_or_default().to_owned();
        let draft = json!({ "parent": organization, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" } });
        let draft = self.write(&who, "enrollment.EnrollmentService/CreateEnrollment", draft)?;
        let address = json!({ "region_code": "SE", "postal_code": "11129", "locality": "Stockholm", "address_lines": ["Torg 4"] });
        let person = |given: &str| json!({ "given_name": given, "family_name": "Alm", "email": format!("{given}@{name}.example"), "phone": "+46812345678" });
        let legal = json!({
            "name": format!("{organization}/legalProfile"), "legal_name": name, "address": address, "language_code": "en",
            "registration_number": format!("SE-{name}"), "primary_contact": person("carl"),
            "company_approver": { "given_name": "berit", "family_name": "Alm", "email": format!("berit@{name}.example") },
        });
        let profiles = "enrollment.OrganizationService";
        self.write(&who, &format!("{profiles}/UpdateLegalProfile"), json!({ "legal_profile": legal }))?;
        let support = json!({
            "name": format!("{organization}/supportProfile"), "email": format!("support@{name}.example"),
            "phone": "+46812345679", "website": format!("https://www.{name}.example/support"),
        });
        self.write(&who, &format!("{profiles}/UpdateSupportProfile"), json!({ "support_profile": support }))?;
        self.write(&who, "enrollment.EnrollmentService/SubmitEnrollment", json!({ "name": draft["name"] }))?;
        Ok(())
    }

    /// Lets `wait` pass until no more comes of what was done so far; what each RPC brought about.
    pub(crate) fn effects(&mut self, mut wait: impl FnMut()) -> Effects {
        let (began, mut before) = (Instant::now(), Vec::new());
        loop {
            let trail = self.trail();
            let ends = trail.iter().filter(|entry| entry["kind"] == "MessageSent").count() > 0;
            if ends && trail == before && self.waiting() == 0 {
                return Effects::of(&trail, &self.acknowledged());
            }
            assert!(began.elapsed() < PATIENCE, "it never comes to rest");
            before = trail;
            wait();
        }
    }

    /// Waits until everything that was acknowledged shows all of its effects, and nothing is left to deliver; what is wrong
    /// if that does not come, however long nothing moves any more.
    pub(crate) fn differences(&mut self, expected: &Effects, mut wait: impl FnMut()) -> Vec<String> {
        let began = Instant::now();
        let (mut moved, mut least) = (began, usize::MAX);
        loop {
            let waiting = self.waiting();
            let (trail, mails) = (self.trail(), self.mails());
            let mut wrong = expected.differences(&trail, &mails, &self.acknowledged());
            if waiting > 0 {
                wrong.push(format!("{waiting} messages or more wait"));
            }
            if wrong.is_empty() || moved.elapsed() > PATIENCE || began.elapsed() > LONGEST {
                return wrong;
            }
            if wrong.len() < least {
                (moved, least) = (Instant::now(), wrong.len());
            }
            wait();
        }
    }

    /// Everything that was acknowledged so far.
    pub(crate) fn acknowledged(&self) -> Vec<Write> {
        self.writes.lock().expect("no other thread failed").clone()
    }

    /// How many messages are due or parked at the senders.
    fn waiting(&mut self) -> usize {
        let mut waiting = 0;
        for service in linkage::ServiceName::ALL {
            let rows = self.call_at(service, OPERATOR, "event.OutboxService/ListOutboxRows", &json!({}));
            assert_eq!(rows.code, tonic::Code::Ok, "{service}: {}", rows.message);
            waiting += rows.body["rows"].as_array().map_or(0, Vec::len);
        }
        waiting
    }
}

impl Effects {
    fn of(trail: &[Value], writes: &[Write]) -> Effects {
        let told = told(trail);
        let shape = |write: &Write| told.get(write.id()).cloned().unwrap_or_default();
        Effects(writes.iter().map(|write| (write.rpc.clone(), shape(write))).collect())
    }

    /// How many entries a command of this RPC brings about in all services.
    pub(crate) fn entries(&self, rpc: &str) -> usize {
        self.0.get(rpc).map_or(0, |shape| shape.values().sum())
    }

    fn differences(&self, trail: &[Value], mails: &BTreeMap<String, usize>, writes: &[Write]) -> Vec<String> {
        let (mut told, mut wrong) = (told(trail), Vec::new());
        let acknowledged: BTreeMap<&str, &Write> = writes.iter().map(|write| (write.id(), write)).collect();
        for (id, write) in acknowledged {
            let (expected, found) = (self.0.get(&write.rpc), told.remove(id).unwrap_or_default());
            if expected.is_none_or(|expected| *expected != found) {
                wrong.push(format!("{} {id}: {expected:?} expected, {found:?} found", write.rpc));
            }
            if let Some(name) = write.who.strip_prefix("ada@").filter(|_| write.rpc.ends_with("/SubmitEnrollment")) {
                let mail = format!("email-verification to carl@{name}");
                let found = mails.get(&mail).copied().unwrap_or_default();
                if found != 1 {
                    wrong.push(format!("{found} mails: {mail}"));
                }
            }
        }
        let whole = |found: &Shape| self.0.values().any(|expected| expected == found);
        for (id, found) in told.into_iter().filter(|(_, found)| !whole(found)) {
            wrong.push(format!("{id}, never acknowledged, is half done: {found:?}"));
        }
        wrong
    }
}

/// What stands in the trail under each request id.
fn told(trail: &[Value]) -> BTreeMap<&str, Shape> {
    let mut told: BTreeMap<&str, Shape> = BTreeMap::new();
    for entry in trail {
        let [id, service, kind] = ["request_id", "service", "kind"].map(|key| entry[key].as_str().unwrap_or_default());
        if !id.is_empty() {
            *told.entry(id).or_default().entry(format!("{service} {kind}")).or_default() += 1;
        }
    }
    told
}

#[test]
fn lost_doubled_and_half_done_effects_are_seen() {
    let write = Write {
        who: "ada@a.example".to_owned(),
        rpc: "s/SubmitEnrollment".to_owned(),
        request: json!({ "request_id": "1" }),
        payload: Vec::new(),
    };
    let entry = |id: &str, kind: &str| json!({ "request_id": id, "service": "s", "kind": kind });
    let (made, told) = (entry("1", "Made"), entry("1", "Told"));
    let expected = Effects::of(&[made.clone(), told.clone()], std::slice::from_ref(&write));
    assert_eq!(expected.entries(&write.rpc), 2);
    let mails = |count| BTreeMap::from([("email-verification to carl@a.example".to_owned(), count)]);
    let wrong = |trail: &[Value], count| expected.differences(trail, &mails(count), std::slice::from_ref(&write)).len();
    let (made_2, told_2) = (entry("2", "Made"), entry("2", "Told"));
    assert_eq!(wrong(&[made.clone(), told.clone()], 1), 0);
    assert_eq!(wrong(&[made.clone(), told.clone(), told_2, made_2.clone()], 1), 0);
    assert_eq!(wrong(&[made.clone(), told.clone(), made_2], 1), 1);
    assert_eq!(wrong(std::slice::from_ref(&made), 1), 1);
    assert_eq!(wrong(&[made.clone(), told.clone(), told.clone()], 1), 1);
    assert_eq!(wrong(&[made.clone(), told.clone()], 0), 1);
    assert_eq!(wrong(&[made, told], 2), 1);
}

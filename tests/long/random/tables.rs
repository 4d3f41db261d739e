//! What the tables of all services hold of the organizations of some journeys, as lines like the oracle's.

use std::collections::{BTreeMap, BTreeSet};

use linkage::ServiceName;

use super::compare::Facts;
use super::world::CAST;
use crate::harness::Stage;

/// Selects whose organization's rows, and what of each; `ID` and `OF` are put in place per database and table.
const ENROLLMENT: &[(&str, &str, &str)] = &[
    ("enrollment", "organization", "'enrollment ' || kind || ' ' || state || ' signed ' || signed_version"),
    ("member", "organization", "'user ' || lower(state)"),
    ("partner_location", "organization", "'location ' || lower(state) || ' wrong ' || tries"),
    ("organization_domain", "organization", "'domain ' || lower(state)"),
    ("legal_profile", "organization", "'legal ' || revision || ' vetted ' || vetted_revision"),
];
const VERIFICATION: &[(&str, &str, &str)] = &[
    ("vetting_case", "organization_id", "'case ' || state"),
    ("email_verification", "organization_id", "'letter ' || purpose || ' ' || state"),
];
const RELATIONSHIP: &[(&str, &str, &str)] = &[
    ("organization", "id", "'known to relationship'"),
    (
        "standing",
        "organization",
        "'standing ' || capacity || ' ' || state || ' signed ' || signed_version || \
         CASE WHEN location IS NULL THEN ' nowhere' ELSE ' located' END",
    ),
    ("invitation", "sender", "'invitation ' || kind || ' ' || state"),
    ("partnership", "provider", "'partnership ' || state || CASE WHEN orders_allowed THEN ' orders' ELSE ' none' END"),
    ("reseller_relationship", "customer", "'relationship ' || capacity || ' ' || state"),
    ("admin_grant", "grantor", "'grant ' || state"),
    ("customer_agreement", "customer", "'customer agreement'"),
];

/// Whose journey an organization belongs to, and its place in the cast.
pub(super) type Owners = BTreeMap<String, (usize, usize)>;

/// How far the journals were read.
pub(super) type Read = BTreeMap<ServiceName, i64>;

/// The facts of each journey of a batch.
pub(super) fn found(stage: &Stage, batch: &str, owners: &Owners, journeys: usize, read: &mut Read) -> Vec<Facts> {
    let mut facts = vec![Facts::new(); journeys];
    let hex: BTreeMap<String, (usize, usize)> = owners.iter().map(|(name, owner)| (hex(name), *owner)).collect();
    for (service, selects) in [
        (ServiceName::Enrollment, ENROLLMENT),
        (ServiceName::Verification, VERIFICATION),
        (ServiceName::Relationship, RELATIONSHIP),
    ] {
        for row in ask(stage, service, &states(stage, selects, &hex)) {
            let (id, what) = row.split_once('|').expect("an id and what it says");
            if let Some((journey, of)) = hex.get(id) {
                *facts[*journey].entry(format!("{}: {what}", CAST[*of].name)).or_default() += 1;
            }
        }
    }
    for service in [ServiceName::Enrollment, ServiceName::Verification, ServiceName::Relationship] {
        journal(stage, service, owners, &mut facts, read);
    }
    mails(stage, batch, &mut facts);
    facts
}

fn states(stage: &Stage, selects: &[(&str, &str, &str)], hex: &BTreeMap<String, (usize, usize)>) -> String {
    let among = hex.keys().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let select = |(table, column, what): &(&str, &str, &str)| {
        let id = if stage.can_be_replicated() {
            format!("upper(replace(CAST({column} AS text), '-', ''))")
        } else {
            format!("hex({column})")
        };
        format!("SELECT {id} || '|' || {what} FROM {table} WHERE {id} IN ({among})")
    };
    selects.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
}

/// What was journalled since it was last read. An entry counts once for a journey, however many of its organizations it concerns.
fn journal(stage: &Stage, service: ServiceName, owners: &Owners, facts: &mut [Facts], read: &mut Read) {
    let since = read.entry(service).or_default();
    let query = format!(
        "SELECT e.sequence || '|' || e.kind || '|' || p.organization FROM journal e \
         JOIN journal_party p ON p.entry = e.id WHERE e.sequence > {since}"
    );
    let mut counted = BTreeSet::new();
    for row in ask(stage, service, &query) {
        let [sequence, kind, organization] = row.split('|').collect::<Vec<_>>()[..] else { panic!("{row}") };
        *since = (*since).max(sequence.parse().expect("a number"));
        if let Some((journey, _)) = owners.get(organization)
            && counted.insert((sequence.to_owned(), *journey))
        {
            *facts[*journey].entry(format!("journal {kind}")).or_default() += 1;
        }
    }
}

/// The mails to addresses of this batch, and the preapprovals of its domains, which name no organization.
fn mails(stage: &Stage, batch: &str, facts: &mut [Facts]) {
    let mails = format!("SELECT kind || '|' || mailbox FROM mailbox_message WHERE mailbox LIKE '%-{batch}-%'");
    for row in ask(stage, ServiceName::Notification, &mails) {
        let (kind, address) = row.split_once('|').expect("a kind and an address");
        let (person, domain) = address.split_once('@').expect("an address");
        let (organization, journey) = of_domain(domain, batch);
        let person = person.trim_end_matches(".person");
        *facts[journey].entry(format!("mail {kind} to {person} of {organization}")).or_default() += 1;
    }
    let preapprovals = format!("SELECT domain FROM preapproval WHERE domain LIKE '%-{batch}-%'");
    for domain in ask(stage, ServiceName::Enrollment, &preapprovals) {
        let (_, journey) = of_domain(&domain, batch);
        *facts[journey].entry("journal PreapprovalCreated".to_owned()).or_default() += 1;
    }
    let unsent = ask(stage, ServiceName::Notification, "SELECT state FROM message WHERE state <> 'SENT'");
    assert!(unsent.is_empty(), "messages were not sent: {unsent:?}");
}

fn of_domain<'d>(domain: &'d str, batch: &str) -> (&'d str, usize) {
    let (organization, rest) = domain.split_once(&format!("-{batch}-")).expect("a domain of the batch");
    (organization, rest.trim_end_matches(".example").parse().expect("a journey's number"))
}

fn ask(stage: &Stage, service: ServiceName, query: &str) -> Vec<String> {
    use secrecy::ExposeSecret as _;
    testkit::ask(stage.settings.database(service).url.expose_secret(), query)
}

/// The id of an organization as the databases are asked for it.
fn hex(name: &str) -> String {
    let id = ids::parse::<ids::kind::Organization>(name).expect("an organization's name");
    id.uuid().simple().to_string().to_uppercase()
}

//! What enrollment tells of organizations and enrollments, pushed or read, and how it is kept.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use database::{Tx, inbox};
use ids::{OrganizationId, kind};
use markets::CountryCode;
use runtime::{Caller, Fault, ServiceName, Violations};
use tonic::Code;
use wire::enrollment::enrollment_peer_service_client::EnrollmentPeerServiceClient;
use wire::enrollment::{OrganizationRecord, ReadOrganizationRequest, StandingRecord};

use crate::domain::organization::Organization;
use crate::domain::standing::{EnrollmentState, EnrollmentType, Location, Standing};
use crate::{App, store};

const SOURCE: &str = "enrollment";
/// As many proven domains as enrollment tells.
const MOST_DOMAINS: usize = 100;

/// An organization and its standing as they were when they were read.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    organization: Organization,
    standings: Vec<Standing>,
    epoch: i64,
    read_at: DateTime<Utc>,
}

/// Reads an organization at enrollment; `None` when there is no such organization.
pub(crate) async fn read(app: &App, caller: &Caller, id: OrganizationId) -> Result<Option<Record>, Fault> {
    let read_at = app.now();
    let channel = app.peers().client(ServiceName::Enrollment).traced(caller.trace_parent.as_deref());
    let request = ReadOrganizationRequest { name: id.name() };
    match EnrollmentPeerServiceClient::new(channel).read_organization(request).await {
        Ok(response) => parse(&response.into_inner(), read_at).map(Some),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(Fault::unavailable(status)),
    }
}

/// Reads each of these organizations once; those that there are.
pub(crate) async fn read_all(
    app: &App,
    caller: &Caller,
    ids: impl IntoIterator<Item = OrganizationId>,
) -> Result<Vec<Record>, Fault> {
    let mut records = Vec::new();
    for id in ids.into_iter().collect::<BTreeSet<_>>() {
        records.extend(read(app, caller, id).await?);
    }
    Ok(records)
}

/// Keeps all of what was read, each as by [`apply`].
pub(crate) async fn apply_all(tx: &Tx, records: &[Record]) -> Result<(), Fault> {
    for record in records {
        apply(tx, record).await?;
    }
    Ok(())
}

/// Keeps what was read, unless something newer was told since.
pub(crate) async fn apply(tx: &Tx, record: &Record) -> Result<(), Fault> {
    let organization = &record.organization;
    if inbox::admit(tx, SOURCE, &organization.id.name(), record.epoch, organization.version).await? {
        store::organization::put(tx, organization).await?;
    }
    for standing in &record.standings {
        if inbox::admit(tx, SOURCE, &standing.name(), record.epoch, standing.version).await? {
            store::standing::put(tx, standing).await?;
        }
    }
    store::organization::confirm(tx, organization.id, record.read_at).await?;
    store::standing::confirm(tx, organization.id, record.read_at).await?;
    Ok(())
}

fn parse(record: &OrganizationRecord, read_at: DateTime<Utc>) -> Result<Record, Fault> {
    let mut v = Violations::default();
    let organization = organization(
        &mut v,
        &Told {
            organization: &record.organization,
            display_name: &record.display_name,
            region_code: &record.region_code,
            language_code: &record.language_code,
            mail_address: &record.mail_address,
            proven_domains: &record.proven_domains,
            version: record.version,
        },
    );
    let standings: Option<Vec<_>> = record.standings.iter().map(|record| read_standing(&mut v, record)).collect();
    // A sibling's wrong answer is no fault of the caller's.
    let (organization, standings) = v.all((organization, standings)).map_err(Fault::internal)?;
    Ok(Record { organization, standings, epoch: record.epoch, read_at })
}

fn read_standing(v: &mut Violations, record: &StandingRecord) -> Option<Standing> {
    let capacity = v.choice::<wire::enrollment::EnrollmentType>("standings.type", record.r#type)?;
    let state = v.choice::<wire::enrollment::enrollment::State>("standings.state", record.state)?;
    let told = ToldStanding {
        enrollment: &record.enrollment,
        capacity: capacity.as_str_name().trim_start_matches("ENROLLMENT_TYPE_"),
        state: state.as_str_name().trim_start_matches("STATE_"),
        location: &record.location,
        location_region_code: &record.location_region_code,
        signed_version: record.signed_version,
        state_time: record.state_time.as_ref(),
        version: record.version,
    };
    standing(v, &told)
}

/// An organization as a message of enrollment tells it.
pub(crate) struct Told<'a> {
    pub(crate) organization: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) region_code: &'a str,
    pub(crate) language_code: &'a str,
    pub(crate) mail_address: &'a str,
    pub(crate) proven_domains: &'a [String],
    pub(crate) version: i64,
}

pub(crate) fn organization(v: &mut Violations, told: &Told<'_>) -> Option<Organization> {
    let id = v.name::<kind::Organization>("organization", told.organization);
    let name = v.text("display_name", told.display_name, 1..=120);
    let country = v.check("region_code", told.region_code.parse::<CountryCode>());
    let language = v.language("language_code", told.language_code);
    let mail_address = v.email("mail_address", told.mail_address);
    let domains = v.list("proven_domains", told.proven_domains, MOST_DOMAINS);
    let domains = domains.iter().map(|domain| v.text("proven_domains", domain, 1..=253));
    let proven_domains: Option<Vec<_>> = domains.collect();
    Some(Organization {
        id: id?,
        name: name?,
        country: country?,
        language: language?,
        mail_address: mail_address?,
        proven_domains: proven_domains?,
        version: told.version,
    })
}

/// An enrollment's standing as a message of enrollment tells it.
pub(crate) struct ToldStanding<'a> {
    pub(crate) enrollment: &'a str,
    pub(crate) capacity: &'a str,
    pub(crate) state: &'a str,
    pub(crate) location: &'a str,
    pub(crate) location_region_code: &'a str,
    pub(crate) signed_version: i32,
    pub(crate) state_time: Option<&'a prost_types::Timestamp>,
    pub(crate) version: i64,
}

pub(crate) fn standing(v: &mut Violations, told: &ToldStanding<'_>) -> Option<Standing> {
    let ids = v.child::<kind::Organization, kind::Enrollment>("enrollment", told.enrollment);
    let capacity = v.check("type", told.capacity.parse::<EnrollmentType>());
    let state = v.check("state", told.state.parse::<EnrollmentState>());
    let location = v.optional_name::<kind::PartnerLocation>("location", told.location);
    let location = match location {
        Some(Some(id)) => {
            let country = v.check("location_region_code", told.location_region_code.parse::<CountryCode>());
            country.map(|country| Some(Location { id, country }))
        }
        Some(None) => Some(None),
        None => None,
    };
    if told.signed_version < 0 {
        v.add("signed_version", "must not be negative");
    }
    let state_time = v.time("state_time", told.state_time);
    let (organization, enrollment) = ids?;
    Some(Standing {
        enrollment,
        organization,
        capacity: capacity?,
        state: state?,
        location: location?,
        signed_version: told.signed_version,
        state_time: state_time?,
        version: told.version,
        confirmed_at: None,
    })
}

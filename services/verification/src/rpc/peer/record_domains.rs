//! RecordDomains: an organization has proven a domain.

use std::collections::BTreeSet;

use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::verification as pb;

use crate::domain::Event;
use crate::{App, Change, store};

/// As many proven domains as enrollment tells.
const DOMAINS: usize = 100;
/// The longest name of a domain.
const LENGTH: usize = 253;

pub(crate) async fn record_domains(
    app: &App,
    caller: &Caller,
    request: pb::RecordDomainsRequest,
) -> Result<pb::RecordDomainsResponse, Fault> {
    let (organization, proven) = &parse(&request)?;
    let scope = caller.scope()?;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let tx = &change.tx;
        store::proven_domain::replace(tx, *organization, proven).await?;
        let present = store::vetting_case::open_one(tx, scope, *organization).await?;
        let learnt = present.and_then(|mut case| case.learn_domains(proven, change.now()).map(|event| (case, event)));
        let mut events: Vec<Event> = Vec::new();
        if let Some((mut case, event)) = learnt {
            store::vetting_case::save(tx, scope, &mut case).await?;
            events.push(event.into());
        }
        Ok(Outcome::Done(pb::RecordDomainsResponse {}, events))
    })
    .await
}

fn parse(request: &pb::RecordDomainsRequest) -> Result<(OrganizationId, BTreeSet<String>), Fault> {
    let mut v = Violations::of(request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let domains = v.list("proven_domains", &request.proven_domains, DOMAINS);
    let domains: Option<BTreeSet<String>> =
        domains.iter().map(|domain| v.text("proven_domains", domain, 1..=LENGTH)).collect();
    v.all((organization, domains))
}

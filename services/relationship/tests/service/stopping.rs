//! Partnerships and relationships that are stopped for a while or ended: by whom, and what orders get to hear.

use runtime::Role;
use testkit::on_every_database;
use tonic::{Code, Status};
use wire::relationship as pb;
use wire::relationship::partnership_service_client::PartnershipServiceClient;
use wire::relationship::reseller_relationship_service_client::ResellerRelationshipServiceClient;
use wire::types::Party;

use crate::invitation::{request_id, to_customer, whole};
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, organization, reason, to};

const NONE: [&str; 0] = [];

impl Stage {
    fn bonds(&self) -> ResellerRelationshipServiceClient<tonic::transport::Channel> {
        ResellerRelationshipServiceClient::new(self.channel())
    }

    async fn suspend(&self, by: u128, name: &str) -> Result<Status, Status> {
        let (name, etag, request_id) = (name.to_owned(), String::new(), request_id());
        if name.starts_with("partnerships/") {
            let request = pb::SuspendPartnershipRequest { request_id, name, etag };
            PartnershipServiceClient::new(self.channel()).suspend_partnership(self.by(by, request)).await?;
        } else {
            let request = pb::SuspendResellerRelationshipRequest { request_id, name, etag };
            self.bonds().suspend_reseller_relationship(self.by(by, request)).await?;
        }
        Ok(Status::ok(""))
    }

    async fn resume(&self, by: u128, roles: &[Role], name: &str) -> Result<Status, Status> {
        let (name, etag, request_id) = (name.to_owned(), String::new(), request_id());
        if name.starts_with("partnerships/") {
            let request = pb::ResumePartnershipRequest { request_id, name, etag };
            PartnershipServiceClient::new(self.channel()).resume_partnership(self.with(by, roles, request)).await?;
        } else {
            let request = pb::ResumeResellerRelationshipRequest { request_id, name, etag };
            self.bonds().resume_reseller_relationship(self.with(by, roles, request)).await?;
        }
        Ok(Status::ok(""))
    }

    pub(crate) async fn end_relationship(&self, by: u128, name: &str, cascade: bool) -> Result<Vec<String>, Status> {
        let request = pb::EndResellerRelationshipRequest {
            request_id: request_id(),
            name: name.to_owned(),
            etag: String::new(),
            cascade,
            validate_only: false,
        };
        Ok(self.bonds().end_reseller_relationship(self.by(by, request)).await?.into_inner().effects)
    }

    /// The relationships with the customer: the provider's, then the reseller's.
    async fn pair(&self, partnership: &str) -> [String; 2] {
        self.customer(partnership).await;
        let list =
            pb::ListResellerRelationshipsRequest { customer: organization(CUSTOMER).name(), ..Default::default() };
        let found = self.bonds().list_reseller_relationships(self.by(CUSTOMER, list)).await.unwrap().into_inner();
        let of = |n: u128| {
            let mut all = found.reseller_relationships.iter();
            all.find(|one| one.partner == organization(n).name()).map(|one| one.name.clone()).unwrap()
        };
        [of(PROVIDER), of(RESELLER)]
    }
}

#[tokio::test]
async fn r41_only_who_suspended_a_partnership_or_the_operator_resumes_it() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        for (one, other) in [(PROVIDER, RESELLER), (RESELLER, PROVIDER)] {
            stage.suspend(one, &partnership).await.unwrap();
            let check = stage.check(false).await;
            let why = &check.reasons[0];
            assert_eq!((check.reasons.len(), why.reason()), (1, pb::IneligibilityReason::PartnershipSuspended));
            assert_eq!(why.organization, organization(one).name(), "whoever suspended it can do something about it");
            assert_eq!(why.actor(), if one == PROVIDER { Party::Provider } else { Party::Reseller });
            assert_eq!(why.method, "linkage.relationship.v1.PartnershipService/ResumePartnership");
            assert_eq!(reason(&stage.suspend(other, &partnership).await.unwrap_err()), "STATE_FORBIDS");
            let refused = stage.resume(other, &[Role::GlobalAdmin], &partnership).await.unwrap_err();
            assert_eq!(
                (refused.code(), reason(&refused).as_str()),
                (Code::FailedPrecondition, "SUSPENDED_BY_OTHER_PARTY")
            );
            assert_eq!(stage.check(false).await.reasons.len(), 1, "a refusal changes nothing");
            let get = pb::GetPartnershipRequest { name: partnership.clone() };
            let mut client = PartnershipServiceClient::new(stage.channel());
            let seen = client.get_partnership(stage.by(other, get)).await.unwrap().into_inner();
            assert_eq!((seen.suspended_by, seen.suspend_time.is_some()), (organization(one).name(), true));
            assert_eq!((seen.blockers.len(), seen.blockers[0].actor()), (1, why.actor()));
            let through = stage.invite(RESELLER, to_customer(&partnership)).await.unwrap_err();
            assert_eq!(reason(&through), "NO_ACTIVE_PARTNERSHIP", "nobody is invited through it meanwhile");
            stage.resume(one, &[Role::GlobalAdmin], &partnership).await.unwrap();
            assert_eq!(stage.reasons().await, NONE);
        }
        stage.suspend(PROVIDER, &partnership).await.unwrap();
        stage.resume(OVERSEAS, &[Role::Operator], &partnership).await.unwrap();
        assert_eq!(stage.reasons().await, NONE, "the operator resumes whatever was suspended");
        assert_eq!(
            reason(&stage.resume(PROVIDER, &[Role::GlobalAdmin], &partnership).await.unwrap_err()),
            "STATE_FORBIDS"
        );
        assert_eq!(reason(&stage.suspend(OVERSEAS, &partnership).await.unwrap_err()), "RESOURCE_MISSING");
        let mails = stage.mails("partnership-changed").await;
        assert_eq!(mails.len(), 6);
        assert!(mails.iter().all(|mail| to(mail) == ["mail@org1.example", "mail@org2.example"]));
        stage.suspend(RESELLER, &partnership).await.unwrap();
        stage.end(&partnership, true, false).await.unwrap();
        assert_eq!(
            reason(&stage.resume(RESELLER, &[Role::GlobalAdmin], &partnership).await.unwrap_err()),
            "STATE_FORBIDS"
        );
    })
    .await;
}

#[tokio::test]
async fn r41_partner_and_customer_suspend_a_relationship_and_the_other_partner_only_sees_it() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        let [of_provider, of_reseller] = stage.pair(&partnership).await;
        let cases = [
            (&of_provider, PROVIDER, RESELLER, "PROVIDER_RELATIONSHIP_SUSPENDED", Party::Provider),
            (&of_provider, CUSTOMER, RESELLER, "PROVIDER_RELATIONSHIP_SUSPENDED", Party::Customer),
            (&of_reseller, RESELLER, PROVIDER, "RESELLER_RELATIONSHIP_SUSPENDED", Party::Reseller),
            (&of_reseller, CUSTOMER, PROVIDER, "RESELLER_RELATIONSHIP_SUSPENDED", Party::Customer),
        ];
        for (name, by, onlooker, expected, actor) in cases {
            assert_eq!(reason(&stage.suspend(onlooker, name).await.unwrap_err()), "ROLE_REQUIRED");
            stage.suspend(by, name).await.unwrap();
            assert_eq!(stage.reasons().await, [expected]);
            let why = stage.check(false).await.reasons.remove(0);
            assert_eq!((why.actor(), why.organization), (actor, organization(by).name()));
            assert_eq!(why.method, "linkage.relationship.v1.ResellerRelationshipService/ResumeResellerRelationship");
            assert_eq!(reason(&stage.resume(onlooker, &[Role::GlobalAdmin], name).await.unwrap_err()), "ROLE_REQUIRED");
            let other = if by == CUSTOMER { PROVIDER + RESELLER - onlooker } else { CUSTOMER };
            let refused = stage.resume(other, &[Role::GlobalAdmin], name).await.unwrap_err();
            assert_eq!(reason(&refused), "SUSPENDED_BY_OTHER_PARTY");
            stage.resume(by, &[Role::GlobalAdmin], name).await.unwrap();
            assert_eq!(stage.reasons().await, NONE);
        }
        stage.suspend(CUSTOMER, &of_provider).await.unwrap();
        stage.resume(OVERSEAS, &[Role::Operator], &of_provider).await.unwrap();
        assert_eq!(stage.reasons().await, NONE);
        let mails = stage.mails("relationship-changed").await;
        assert_eq!(mails.len(), 10);
        assert!(mails.iter().all(|mail| mail.recipients.len() == 3), "everybody who sees it is told");
    })
    .await;
}

#[tokio::test]
async fn r39_a_customer_ends_what_it_has_and_sees_before_what_ends_with_it() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        let administration = pb::AdminRequest {
            grantee: organization(RESELLER).name(),
            directory_roles: vec!["directory-reader".to_owned()],
            duration_days: 90,
        };
        stage.register(CUSTOMER, "FI");
        let asking = pb::Invitation { admin_requests: vec![administration], ..to_customer(&partnership) };
        stage.invite(RESELLER, asking).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        let [one, other] = &stage.accept(CUSTOMER, request).await.unwrap().result_relationships[..] else { panic!() };
        stage.tell_watermark(&[]).await;
        let refused = stage.end_relationship(CUSTOMER, one, false).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "PAIRED_RELATIONSHIP_ACTIVE")
        );
        assert_eq!(reason(&stage.end_relationship(OVERSEAS, one, true).await.unwrap_err()), "RESOURCE_MISSING");
        let dry = pb::EndResellerRelationshipRequest {
            name: one.clone(),
            cascade: true,
            validate_only: true,
            ..Default::default()
        };
        let told = stage.bonds().end_reseller_relationship(stage.by(CUSTOMER, dry)).await.unwrap().into_inner().effects;
        assert_eq!(stage.reasons().await, NONE, "only told");
        let ended = stage.end_relationship(CUSTOMER, one, true).await.unwrap();
        assert_eq!(ended, told);
        insta::assert_snapshot!("ending_a_pair", told.join("\n"));
        assert_eq!(stage.reasons().await, ["RESELLER_RELATIONSHIP_MISSING", "PROVIDER_RELATIONSHIP_MISSING"]);
        for name in [one, other] {
            let get = pb::GetResellerRelationshipRequest { name: name.clone() };
            let seen = stage.bonds().get_reseller_relationship(stage.by(CUSTOMER, get)).await.unwrap().into_inner();
            assert_eq!((seen.state(), seen.end_time.is_some()), (pb::reseller_relationship::State::Ended, true));
        }
        let mut recipients: Vec<_> = stage.mails("relationship-changed").await.iter().flat_map(to).collect();
        recipients.sort_unstable();
        assert_eq!(recipients, ["mail@org1.example", "mail@org2.example", "mail@org3.example"], "each once");
        assert_eq!(stage.mails("administration-ended").await.len(), 1);
        assert_eq!(reason(&stage.end_relationship(CUSTOMER, one, true).await.unwrap_err()), "STATE_FORBIDS");
        assert!(stage.customer(&partnership).await.result_relationships.len() == 2, "and may begin anew");
        assert_eq!(stage.reasons().await, NONE);
    })
    .await;
}

/// What is ended or stopped, by whom, with or without cascade.
type Way = (&'static str, u128, fn(&Names) -> String, bool);

struct Names {
    partnership: String,
    of_provider: String,
    of_reseller: String,
}

#[tokio::test]
async fn r38_each_way_of_ending_gives_exactly_its_reasons() {
    let partnership: fn(&Names) -> String = |names| names.partnership.clone();
    let of_provider: fn(&Names) -> String = |names| names.of_provider.clone();
    let of_reseller: fn(&Names) -> String = |names| names.of_reseller.clone();
    let ways: [Way; 12] = [
        ("the provider ends the partnership", PROVIDER, partnership, true),
        ("the provider ends the partnership", PROVIDER, partnership, false),
        ("the reseller ends the partnership", RESELLER, partnership, true),
        ("the reseller ends the partnership", RESELLER, partnership, false),
        ("the provider ends its relationship", PROVIDER, of_provider, true),
        ("the provider ends its relationship", PROVIDER, of_provider, false),
        ("the customer ends the provider's relationship", CUSTOMER, of_provider, true),
        ("the customer ends the provider's relationship", CUSTOMER, of_provider, false),
        ("the reseller ends its relationship", RESELLER, of_reseller, true),
        ("the reseller ends its relationship", RESELLER, of_reseller, false),
        ("the customer ends the reseller's relationship", CUSTOMER, of_reseller, true),
        ("the reseller ends the provider's relationship", RESELLER, of_provider, true),
    ];
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let mut told = Vec::new();
        for (title, by, name, cascade) in ways {
            let partnership = stage.partners().await.result_partnership;
            let accepted = stage.customer(&partnership).await;
            let [of_provider, of_reseller] = accepted.result_relationships.try_into().unwrap();
            let names = Names { partnership: partnership.clone(), of_provider, of_reseller };
            let name = name(&names);
            let ended = match name.starts_with("partnerships/") {
                true => stage.end_by(by, &name, cascade).await,
                false => stage.end_relationship(by, &name, cascade).await,
            };
            let ended = ended.map_or_else(|refused| reason(&refused), |_| "done".to_owned());
            let with = if cascade { "with" } else { "without" };
            told.push(format!("{title}, {with} cascade: {ended}: {:?}", stage.reasons().await));
            let _ = stage.end(&partnership, true, false).await;
        }
        insta::assert_snapshot!("each_way_of_ending", told.join("\n"));
    })
    .await;
}

//! Enquiries of resellers to providers of the directory.

use chrono::TimeDelta;
use runtime::Role;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use wire::enrollment as pb;
use wire::notification::SendMessageRequest;
use wire::types::variable::Value;

use crate::cast::{Company, FJORD, Partner};
use crate::house::{House, houses, reason, refused, request_id};

const TEXT: &str = "We sell to forty schools in Sweden. What are your credit terms?";

impl House {
    async fn enquire(&self, by: &str, to: &Partner, message: &str) -> Result<pb::SendEnquiryResponse, Status> {
        let (provider, message) = (to.organization.clone(), message.to_owned());
        let request = pb::SendEnquiryRequest { provider, message, ..Default::default() };
        self.directory().send_enquiry(self.by(by, request).await).await.map(Response::into_inner)
    }

    async fn enquiries(&self) -> Vec<SendMessageRequest> {
        let mails: Vec<SendMessageRequest> = self.told("SendMessage").await;
        mails.into_iter().filter(|mail| mail.kind == "directory-enquiry").collect()
    }
}

#[tokio::test]
async fn r15_a_verified_reseller_asks_a_provider_and_replies_reach_the_asker() {
    for house in houses().await {
        let (provider, _) = house.provider().await;
        let reseller = house.verified(FJORD).await;
        let sales = "sven@fjord.example";
        for (email, role) in [(sales, Role::SalesAgent), ("helga@fjord.example", Role::HelpdeskAgent)] {
            let user = pb::User { email: email.to_owned(), roles: vec![role.into()], ..Default::default() };
            let parent = reseller.organization.clone();
            let request = pb::CreateUserRequest { parent, user: Some(user), ..Default::default() };
            house.users().create_user(house.by(&reseller.admin, request).await).await.unwrap();
        }
        assert_eq!(reason(house.enquire("helga@fjord.example", &provider, TEXT).await), "ROLE_REQUIRED");
        let sent = house.enquire(sales, &provider, TEXT).await.unwrap();
        assert!(sent.enquiry.starts_with("enquiries/") && sent.remaining == 9 && sent.send_time.is_some());
        let [mail] = house.enquiries().await.try_into().expect("one mail");
        assert_eq!((mail.recipients[0].email.as_str(), mail.reply_to.as_str()), ("sales@rheinwolke.example", sales));
        let told = |name: &str| mail.variables.iter().find(|one| one.name == name).and_then(|one| one.value.clone());
        assert_eq!(told("message"), Some(Value::Text(TEXT.to_owned())));
        assert_eq!(told("company"), Some(Value::Text(FJORD.name.to_owned())));
        let journal = "SELECT kind || ' ' || subject || ' ' || CAST(changed AS TEXT) FROM journal";
        let journal = testkit::ask(house.database(), journal);
        let entries: Vec<_> = journal.iter().filter(|entry| entry.contains("EnquirySent")).collect();
        assert_eq!(entries.len(), 1);
        assert!(entries[0].contains(&sent.enquiry) && !journal.iter().any(|entry| entry.contains("forty schools")));
    }
}

#[tokio::test]
async fn r15_an_enquiry_goes_to_who_is_listed_from_who_is_verified_and_leads_nowhere() {
    for house in houses().await {
        let (provider, _) = house.provider().await;
        let draft = house.beginner(Company { name: "Draft", domain: "draft.example", ..FJORD }).await;
        assert_eq!(reason(house.enquire(&draft.admin, &provider, TEXT).await), "NOT_A_RESELLER");
        let reseller = house.verified(FJORD).await;
        assert_eq!(reason(house.enquire(&provider.admin, &provider, TEXT).await), "NOT_A_RESELLER");
        for leads in ["See https://evil.example now", "Write to me@evil.example please", "Go to evil.com please"] {
            let refused = refused(house.enquire(&reseller.admin, &provider, leads).await);
            assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["message".to_owned()]), "{leads}");
        }
        let unlisted = reason(house.enquire(&reseller.admin, &draft, TEXT).await);
        assert_eq!(unlisted, "RESOURCE_MISSING", "who is not in the directory is asked nothing");
        assert_eq!(house.enquiries().await.len(), 0);
        let withdrawn =
            pb::BusinessProfile { state: pb::business_profile::State::Unpublished.into(), ..Default::default() };
        house.offered(&provider, withdrawn, &[]).await.unwrap();
        assert_eq!(reason(house.enquire(&reseller.admin, &provider, TEXT).await), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r15_an_organization_sends_ten_enquiries_a_day_and_learns_when_the_next_may_go() {
    for house in houses().await {
        let (provider, _) = house.provider().await;
        let reseller = house.verified(FJORD).await;
        let repeated = pb::SendEnquiryRequest {
            request_id: request_id(5),
            provider: provider.organization.clone(),
            message: TEXT.to_owned(),
        };
        for _ in 0..2 {
            let request = house.by(&reseller.admin, repeated.clone()).await;
            let sent = house.directory().send_enquiry(request).await.unwrap().into_inner();
            assert_eq!(sent.remaining, 9, "a repetition counts once");
        }
        for left in (0..9).rev() {
            assert_eq!(house.enquire(&reseller.admin, &provider, TEXT).await.unwrap().remaining, left);
        }
        let spent = house.enquire(&reseller.admin, &provider, TEXT).await.expect_err("a refusal");
        let details = spent.get_error_details();
        assert_eq!(spent.code(), Code::ResourceExhausted);
        assert_eq!(details.error_info().unwrap().reason, "QUOTA_REACHED");
        let wait = details.retry_info().unwrap().retry_delay.unwrap();
        let day = TimeDelta::hours(24).to_std().unwrap();
        assert!(wait <= day && wait > day - std::time::Duration::from_secs(120), "{wait:?}");
        assert_eq!(house.enquiries().await.len(), 10);
        let other = house.verified(Company { name: "Other", domain: "other.example", ..FJORD }).await;
        assert_eq!(house.enquire(&other.admin, &provider, TEXT).await.unwrap().remaining, 9, "each has its own");
        house.advance_seconds(TimeDelta::hours(24).num_seconds() + 120).await;
        assert_eq!(house.enquire(&reseller.admin, &provider, TEXT).await.unwrap().remaining, 9);
        assert_eq!(house.enquiries().await.len(), 12);
        let rows = testkit::ask(house.database(), "SELECT CAST(count(*) AS TEXT) FROM enquiry");
        assert_eq!(rows, ["2"], "older ones are forgotten");
    }
}

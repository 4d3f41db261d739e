//! Location ids: which fit, and what to do about those that don't.

use tonic::{Code, Response, Status};
use wire::enrollment as pb;

use crate::house::{House, houses, reason, refused, request_id};
use crate::requests::ADA;

impl House {
    async fn reset(&self, request: pb::ResetClaimCodeRequest) -> Result<pb::PartnerLocation, Status> {
        self.locations().reset_claim_code(self.operator(request).await).await.map(Response::into_inner)
    }

    async fn locations_of(&self, organization: &str) -> Vec<pb::PartnerLocation> {
        let request = pb::ListPartnerLocationsRequest { organization: organization.to_owned(), ..Default::default() };
        let request = self.by(ADA, request).await;
        self.locations().list_partner_locations(request).await.unwrap().into_inner().partner_locations
    }
}

fn misfits(location: &pb::PartnerLocation) -> Vec<&str> {
    location.misfits.iter().map(|misfit| misfit.reason.as_str()).collect()
}

#[tokio::test]
async fn r09_a_new_claim_code_opens_a_locked_location_and_kills_the_old_one() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.drafted(&name, pb::EnrollmentType::IndirectReseller).await;
        let location = house.located(&name, "SE").await;
        for _ in 0..5 {
            assert_eq!(reason(house.associate(&location.name, "aaaaaaaa").await), "CLAIM_CODE_WRONG");
        }
        let locked = house.locations_of(&name).await.remove(0);
        assert_eq!((locked.fits, misfits(&locked)), (false, vec!["CLAIM_CODE_LOCKED"]));
        assert!(locked.misfits[0].description.contains("ask the operator"), "{locked:?}");

        let request = pb::ResetClaimCodeRequest { name: location.name.clone(), ..Default::default() };
        let own = house.locations().reset_claim_code(house.by(ADA, request.clone()).await).await;
        assert_eq!(refused(own).code, Code::PermissionDenied, "the code goes to the operator alone");
        let stale = pb::ResetClaimCodeRequest { etag: "99".to_owned(), ..request.clone() };
        assert_eq!(reason(house.reset(stale).await), "ETAG_MISMATCH");
        let request = pb::ResetClaimCodeRequest { request_id: request_id(9), ..request };
        let reset = house.reset(request.clone()).await.unwrap();
        assert_eq!(house.reset(request).await.unwrap(), reset, "a repetition tells the same code");
        assert!(reset.fits && reset.claim_code.len() == 8 && reset.claim_code != location.claim_code, "{reset:?}");

        let dead = refused(house.associate(&location.name, &location.claim_code).await);
        assert_eq!((dead.reason.as_str(), dead.metadata["tries_left"].as_str()), ("CLAIM_CODE_WRONG", "4"));
        let listed = house.locations_of(&name).await.remove(0);
        assert!(listed.fits && listed.claim_code.is_empty());
        house.associate(&location.name, &reset.claim_code).await.unwrap();
        let late = pb::ResetClaimCodeRequest { name: location.name.clone(), ..Default::default() };
        let late = refused(house.reset(late).await);
        assert_eq!((late.reason.as_str(), late.metadata["state"].as_str()), ("STATE_FORBIDS", "ASSOCIATED"));
    }
}

#[tokio::test]
async fn r09_a_list_says_of_each_location_why_it_does_not_fit() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.drafted(&name, pb::EnrollmentType::IndirectReseller).await;
        let (own, abroad) = (house.located(&name, "SE").await, house.located(&name, "NO").await);
        let spare = house.located(&name, "SE").await;
        let told = |locations: &[pb::PartnerLocation]| -> Vec<(bool, Vec<String>)> {
            let one = |location: &pb::PartnerLocation| {
                (location.fits, misfits(location).into_iter().map(str::to_owned).collect())
            };
            locations.iter().map(one).collect()
        };
        let text = |reasons: &[&str]| reasons.iter().map(|reason| (*reason).to_owned()).collect::<Vec<_>>();
        let before = told(&house.locations_of(&name).await);
        assert_eq!(before, [(true, text(&[])), (false, text(&["COUNTRY_MISMATCH"])), (true, text(&[]))]);
        house.associate(&own.name, &own.claim_code).await.unwrap();
        let after = house.locations_of(&name).await;
        let taken = [
            (true, text(&[])),
            (false, text(&["LOCATION_TAKEN", "COUNTRY_MISMATCH"])),
            (false, text(&["LOCATION_TAKEN"])),
        ];
        assert_eq!(told(&after), taken);
        assert_eq!(after[0].state(), pb::partner_location::State::Associated);
        for (location, expected) in [(&abroad, "LOCATION_TAKEN"), (&spare, "LOCATION_TAKEN")] {
            assert_eq!(reason(house.associate(&location.name, &location.claim_code).await), expected);
        }
        let get = house.by(ADA, pb::GetPartnerLocationRequest { name: spare.name }).await;
        let read = house.locations().get_partner_location(get).await.unwrap().into_inner();
        assert_eq!(read, after[2], "one location reads as it is listed");
    }
}

#[tokio::test]
async fn r09_a_locations_address_is_judged_by_its_countrys_rules() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let make = async |country: &str, postal_code: &str, area: &str| {
            let location = pb::PartnerLocation {
                organization: name.clone(),
                display_name: "Head office".to_owned(),
                address: Some(wire::types::PostalAddress {
                    postal_code: postal_code.to_owned(),
                    administrative_area: area.to_owned(),
                    ..crate::requests::address(country)
                }),
                ..Default::default()
            };
            let request = pb::CreatePartnerLocationRequest { partner_location: Some(location), ..Default::default() };
            house.locations().create_partner_location(house.operator(request).await).await
        };
        let wrong = refused(make("BR", "1", "Ontario").await);
        let fields = ["partner_location.address.postal_code", "partner_location.address.administrative_area"];
        assert_eq!((wrong.reason.as_str(), wrong.fields), ("FIELD_INVALID", fields.map(str::to_owned).to_vec()));
        assert_eq!(reason(make("US", "ABC", "").await), "FIELD_INVALID");
        make("BR", "01310-100", "SP").await.unwrap();
    }
}

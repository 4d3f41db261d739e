//! Codes that are mailed for sign-in: good for ten minutes, five tries and one use, whoever the address is.

use std::num::NonZeroU32;

use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;
use wire::notification::SendMessageRequest;
use wire::types::variable::Value;

use crate::house::{House, houses, houses_with, reason, refused};
use crate::requests::ADA;

const LINA: &str = "lina@newcomer.example";

impl House {
    pub(crate) async fn send_code(&self, email: &str, language: &str) -> Result<pb::SendSignInCodeResponse, Status> {
        let request = pb::SendSignInCodeRequest { email: email.to_owned(), language_code: language.to_owned() };
        self.sessions().send_sign_in_code(request).await.map(Response::into_inner)
    }

    /// Signs in by a code.
    pub(crate) async fn coded(&self, email: &str, code: &str) -> Result<pb::Session, Status> {
        let code = pb::SignInCode { email: email.to_owned(), code: code.to_owned() };
        self.session(Proof::SignInCode(code), "").await
    }

    /// The mails with codes that wait for an address.
    async fn code_mails(&self, email: &str) -> Vec<SendMessageRequest> {
        let mut mails: Vec<SendMessageRequest> = self.told("SendMessage").await;
        mails.retain(|mail| mail.kind == "sign-in-code" && mail.recipients[0].email == email);
        mails
    }

    /// The code of the newest mail to an address, made as it is on delivery.
    pub(crate) async fn newest_code(&self, email: &str) -> String {
        let seeds = self.code_mails(email).await.into_iter().filter_map(|mail| match mail.variables[0].value.clone() {
            Some(Value::Seed(seed)) => Some(seed),
            _ => None,
        });
        let seed = seeds.max_by_key(|seed| seed.generation).expect("a code");
        assert!(seed.code && seed.purpose == "sign-in");
        let id = seed.id.parse::<ids::SignInCodeId>().unwrap().uuid();
        let bond = runtime::links::Bond { purpose: "sign-in", id, generation: seed.generation, nonce: &seed.nonce };
        self.service.app().links().code(bond)
    }
}

#[tokio::test]
async fn r17_whoever_reads_the_mail_of_an_address_signs_in_with_its_code_once() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let sent = house.send_code(LINA, "sv").await.unwrap();
        let mails = house.code_mails(LINA).await;
        assert_eq!((mails.len(), mails[0].recipients[0].language_code.as_str()), (1, "sv"));
        let code = house.newest_code(LINA).await;
        let lina = house.coded("Lina@NEWCOMER.example", &code.to_uppercase()).await.unwrap();
        assert_eq!(lina.user, "", "a person without organization, who may create one");
        assert_eq!(reason(house.coded(LINA, &code).await), "CODE_INVALID", "it is used");
        let own = house.founded_with(&lina.access_token, "Newcomer").await;
        let again = house.session(Proof::SessionToken(lina.session_token), "").await.unwrap();
        assert!(again.user.starts_with(&own) && own != name);
        // The same person each time, by the address.
        house.send_code(LINA, "").await.unwrap();
        let code = house.newest_code(LINA).await;
        assert_eq!(house.coded(LINA, &code).await.unwrap().user, again.user);
        assert!(sent.expire_time.is_some());
    }
}

/// Sends a code to a new address and shows it when it has so many seconds left; whether it let in. Anew where real time ran past the edge
/// meanwhile.
async fn shown_with_seconds_left(house: &House, ahead: &mut i64, left: i64) -> bool {
    for round in 0.. {
        let address = format!("lina{left}.{round}@newcomer{ahead}.example");
        let sent = house.send_code(&address, "").await.unwrap();
        let expires = runtime::convert::time(&sent.expire_time.unwrap()).unwrap();
        let code = house.newest_code(&address).await;
        // To the next whole second, so that less than is said is left.
        *ahead += ((expires - house.service.app().now()).num_milliseconds() + 999) / 1_000 - left;
        house.advance_seconds(*ahead).await;
        let told = house.coded(&address, &code).await;
        if left <= 0 || house.service.app().now() < expires {
            return told.inspect_err(|status| assert_eq!(reason(Err::<(), _>(status.clone())), "CODE_INVALID")).is_ok();
        }
    }
    unreachable!("a round is in time")
}

#[tokio::test]
async fn r17_a_code_counts_until_its_last_second_and_no_longer() {
    for house in houses().await {
        let mut ahead = 0;
        assert!(shown_with_seconds_left(&house, &mut ahead, 1).await);
        assert!(!shown_with_seconds_left(&house, &mut ahead, 0).await);
        assert!(!shown_with_seconds_left(&house, &mut ahead, -1).await);
    }
}

#[tokio::test]
async fn r17_five_wrong_codes_void_the_right_one_and_another_mail_gives_five_more() {
    for house in houses().await {
        house.send_code(LINA, "").await.unwrap();
        let code = house.newest_code(LINA).await;
        let wrong = if code.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) };
        for _ in 0..5 {
            assert_eq!(reason(house.coded(LINA, &wrong).await), "CODE_INVALID");
        }
        assert_eq!(reason(house.coded(LINA, &code).await), "CODE_INVALID", "guessed at too often");
        house.send_code(LINA, "").await.unwrap();
        let older = house.newest_code(LINA).await;
        house.send_code(LINA, "").await.unwrap();
        let newest = house.newest_code(LINA).await;
        assert_eq!(reason(house.coded(LINA, &older).await), "CODE_INVALID", "a newer one has taken its place");
        for _ in 0..3 {
            assert_eq!(reason(house.coded(LINA, &wrong).await), "CODE_INVALID");
        }
        assert_eq!(reason(house.coded(ADA, &newest).await), "CODE_INVALID", "it is of another address");
        assert!(house.coded(LINA, &newest).await.is_ok(), "four tries leave one");
    }
}

#[tokio::test]
async fn r17_guesses_at_once_have_no_more_tries_than_one_after_the_other() {
    for house in houses().await {
        house.send_code(LINA, "").await.unwrap();
        let code = house.newest_code(LINA).await;
        let wrong = if code.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) };
        let guesses = futures::future::join_all((0..20).map(|_| house.coded(LINA, &wrong))).await;
        assert!(guesses.into_iter().all(|told| told.is_err()));
        assert_eq!(reason(house.coded(LINA, &code).await), "CODE_INVALID");
        house.send_code(LINA, "").await.unwrap();
        let code = house.newest_code(LINA).await;
        let uses = futures::future::join_all((0..5).map(|_| house.coded(LINA, &code))).await;
        assert_eq!(uses.into_iter().filter(Result::is_ok).count(), 1, "a code is used once");
    }
}

#[tokio::test]
async fn r17_nobody_learns_by_codes_who_is_known() {
    for house in houses().await {
        house.founded_by(ADA, "Nordwind").await;
        let (known, unknown) = (house.send_code(ADA, "").await.unwrap(), house.send_code(LINA, "").await.unwrap());
        let seconds = |sent: pb::SendSignInCodeResponse| sent.expire_time.unwrap().seconds;
        assert!((seconds(known) - seconds(unknown)).abs() < 60);
        let mails = [house.code_mails(ADA).await, house.code_mails(LINA).await].concat();
        let names: Vec<Vec<_>> =
            mails.iter().map(|mail| mail.variables.iter().map(|one| one.name.as_str()).collect()).collect();
        assert_eq!(names, [["confirm_code", "expire_date"]; 2]);
        // Wrong, never asked for, and guessed at too often: byte for byte the same.
        let told = async |address: &str| {
            let status = house.coded(address, "aaaaaaaa").await.err().unwrap();
            (status.code(), status.message().to_owned(), status.details().to_vec())
        };
        let first = told(ADA).await;
        assert_eq!(first.0, Code::Unauthenticated);
        for address in [LINA, "nobody@nowhere.example", ADA, ADA, ADA, ADA, ADA] {
            assert_eq!(told(address).await, first, "{address}");
        }
        house.advance(1).await;
        assert_eq!(told(LINA).await, first, "expired");
    }
}

#[tokio::test]
async fn r17_codes_are_limited_by_address_domain_and_source_until_the_hour_is_over() {
    let of = |number: u32| NonZeroU32::new(number).unwrap();
    let houses = houses_with(|setup| {
        setup.config.sign_in_codes_per_address = of(2);
        setup.config.sign_in_codes_per_domain = of(3);
        setup.config.sign_in_codes_per_source = of(8);
    });
    for house in houses.await {
        // From the beginning of an hour, so that none ends meanwhile.
        let into = house.service.app().now().timestamp().rem_euclid(3_600);
        let begin = 3_601 - into;
        house.advance_seconds(begin).await;
        let sent =
            async |address: &str| house.send_code(address, "").await.map_err(|status| status.get_error_details());
        assert!(sent("a@one.example").await.is_ok() && sent("A+tag@one.example").await.is_ok());
        let full = sent("a@one.example").await.err().unwrap();
        assert_eq!(full.error_info().unwrap().reason, "RATE_LIMITED");
        let wait = full.retry_info().unwrap().retry_delay.unwrap().as_secs();
        assert!((3_000..=3_600).contains(&wait), "{wait}");
        assert!(sent("b@one.example").await.is_ok(), "another address");
        assert!(sent("c@mail.one.example").await.is_err(), "three to one domain");
        for number in 0..4 {
            assert!(sent(&format!("{number}@gmail.com")).await.is_ok(), "a web-mail provider's domain is nobody's");
        }
        assert!(sent("a@two.example").await.is_ok());
        assert!(sent("a@three.example").await.is_err(), "eight for one source");
        assert_eq!(house.code_mails("a@three.example").await.len(), 0);
        house.advance_seconds(begin + 3_600).await;
        assert!(sent("a@one.example").await.is_ok() && sent("a@three.example").await.is_ok());
    }
}

#[tokio::test]
async fn r17_what_is_no_address_and_no_code_is_named() {
    for house in houses().await {
        assert_eq!(refused(house.send_code("lina", "").await).fields, ["email"]);
        assert_eq!(refused(house.send_code(LINA, "??").await).fields, ["language_code"]);
        assert_eq!(refused(house.send_code("", "??").await).fields, ["email", "language_code"]);
        assert_eq!(refused(house.coded("", "").await).fields, ["sign_in_code.email", "sign_in_code.code"]);
    }
}

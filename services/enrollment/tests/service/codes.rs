//! Codes that are mailed for sign-in: good for ten minutes, five tries and one use, for who asked, whoever the address is.

use std::num::NonZeroU32;

use runtime::Network;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;
use wire::notification::SendMessageRequest;
use wire::types::variable::Value;

use crate::house::{House, houses, houses_with, reason, refused};
use crate::requests::ADA;

const LINA: &str = "lina@newcomer.example";

/// Where tests call from, as a proxy that is believed.
fn here() -> Network {
    "127.0.0.0/8".to_owned().try_into().unwrap()
}

impl House {
    pub(crate) async fn send_code(&self, email: &str, language: &str) -> Result<pb::SendSignInCodeResponse, Status> {
        let request = pb::SendSignInCodeRequest { email: email.to_owned(), language_code: language.to_owned() };
        self.sessions().send_sign_in_code(request).await.map(Response::into_inner)
    }

    /// Asks for a code from another address of the network.
    async fn send_code_from(&self, source: &str, email: &str) -> Result<pb::SendSignInCodeResponse, Status> {
        let request = pb::SendSignInCodeRequest { email: email.to_owned(), ..Default::default() };
        let mut request = Request::new(request);
        request.metadata_mut().insert("x-forwarded-for", source.parse().unwrap());
        self.sessions().send_sign_in_code(request).await.map(Response::into_inner)
    }

    /// Signs in by a code and the handle of who asked for it.
    pub(crate) async fn coded(&self, email: &str, (handle, code): (&str, &str)) -> Result<pb::Session, Status> {
        let (email, code, handle) = (email.to_owned(), code.to_owned(), handle.to_owned());
        self.session(Proof::SignInCode(pb::SignInCode { email, code, handle }), "").await
    }

    /// Asks for a code and signs in with it.
    pub(crate) async fn by_code(&self, email: &str) -> Result<pb::Session, Status> {
        let (handle, code) = self.asked(email).await;
        self.coded(email, (&handle, &code)).await
    }

    /// Asks for a code: the handle, and what the mail brings.
    async fn asked(&self, email: &str) -> (String, String) {
        let handle = self.send_code(email, "").await.unwrap().handle;
        let code = self.code_of(email, &handle).await;
        (handle, code)
    }

    /// The mails with codes that wait for an address.
    async fn code_mails(&self, email: &str) -> Vec<SendMessageRequest> {
        let mut mails: Vec<SendMessageRequest> = self.told("SendMessage").await;
        mails.retain(|mail| mail.kind == "sign-in-code" && mail.recipients[0].email == email);
        mails
    }

    /// The code of the mail that was sent when this handle was given, made as it is on delivery.
    async fn code_of(&self, email: &str, handle: &str) -> String {
        let mails = self.code_mails(email).await;
        let mut seeds = mails.into_iter().filter_map(|mail| match mail.variables[0].value.clone() {
            Some(Value::Seed(seed)) => Some(seed),
            _ => None,
        });
        let seed = seeds.find(|seed| handle.split('.').nth(1) == Some(&seed.id)).expect("a code");
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
        let code = house.code_of(LINA, &sent.handle).await;
        let lina = house.coded("Lina@NEWCOMER.example", (&sent.handle, &code.to_uppercase())).await.unwrap();
        assert_eq!(lina.user, "", "a person without organization, who may create one");
        assert_eq!(reason(house.coded(LINA, (&sent.handle, &code)).await), "CODE_INVALID", "it is used");
        let own = house.founded_with(&lina.access_token, "Newcomer").await;
        let again = house.session(Proof::SessionToken(lina.session_token), "").await.unwrap();
        assert!(again.user.starts_with(&own) && own != name);
        // The same person each time, by the address.
        assert_eq!(house.by_code(LINA).await.unwrap().user, again.user);
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
        let code = house.code_of(&address, &sent.handle).await;
        // To the next whole second, so that less than is said is left.
        *ahead += ((expires - house.service.app().now()).num_milliseconds() + 999) / 1_000 - left;
        house.advance_seconds(*ahead).await;
        let told = house.coded(&address, (&sent.handle, &code)).await;
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

/// A code that this one is not.
fn other_than(code: &str) -> String {
    if code.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) }
}

#[tokio::test]
async fn r17_five_wrong_codes_void_the_right_one_and_another_mail_gives_five_more() {
    for house in houses().await {
        let (handle, code) = house.asked(LINA).await;
        let wrong = other_than(&code);
        for _ in 0..5 {
            assert_eq!(reason(house.coded(LINA, (&handle, &wrong)).await), "CODE_INVALID");
        }
        assert_eq!(reason(house.coded(LINA, (&handle, &code)).await), "CODE_INVALID", "guessed at too often");
        let (older_handle, older) = house.asked(LINA).await;
        let (handle, newest) = house.asked(LINA).await;
        for _ in 0..3 {
            assert_eq!(reason(house.coded(LINA, (&handle, &wrong)).await), "CODE_INVALID");
        }
        assert_eq!(reason(house.coded(ADA, (&handle, &newest)).await), "CODE_INVALID", "it is of another address");
        assert_eq!(reason(house.coded(LINA, (&handle, &older)).await), "CODE_INVALID", "it is of another handle");
        assert!(house.coded(LINA, (&handle, &newest)).await.is_ok(), "four tries leave one");
        assert!(house.coded(LINA, (&older_handle, &older)).await.is_ok(), "each code stands for itself");
    }
}

#[tokio::test]
async fn r17_a_stranger_voids_nobodys_code() {
    for house in houses_with(|setup| setup.trusted_proxies = vec![here()]).await {
        let (handle, code) = house.asked(LINA).await;
        // Who asks for the same address is given another handle, and what is guessed beside that is no guess at this code.
        let strangers = house.send_code_from("203.0.113.5", LINA).await.unwrap().handle;
        let id = |handle: &str| handle.split('.').nth(1).unwrap().to_owned();
        let (own, bare) = (id(&handle), handle.rsplit_once('.').unwrap().0);
        let crossed = strangers.replace(&id(&strangers), &own);
        let longer = format!("{handle}0");
        for shown in ["x", &own, bare, &longer, &crossed, &strangers] {
            for _ in 0..2 {
                assert_eq!(reason(house.coded(LINA, (shown, &code)).await), "CODE_INVALID", "{shown}");
                assert_eq!(reason(house.coded(LINA, (shown, &other_than(&code))).await), "CODE_INVALID", "{shown}");
            }
        }
        assert_eq!(reason(house.coded("eve@evil.example", (&handle, &code)).await), "CODE_INVALID");
        assert!(house.coded(LINA, (&handle, &code)).await.is_ok(), "its tries are all there");
    }
}

#[tokio::test]
async fn r17_guesses_at_once_have_no_more_tries_than_one_after_the_other() {
    for house in houses().await {
        let (handle, code) = house.asked(LINA).await;
        let wrong = other_than(&code);
        let guesses = futures::future::join_all((0..20).map(|_| house.coded(LINA, (&handle, &wrong)))).await;
        assert!(guesses.into_iter().all(|told| told.is_err()));
        assert_eq!(reason(house.coded(LINA, (&handle, &code)).await), "CODE_INVALID");
        let (handle, code) = house.asked(LINA).await;
        let uses = futures::future::join_all((0..5).map(|_| house.coded(LINA, (&handle, &code)))).await;
        assert_eq!(uses.into_iter().filter(Result::is_ok).count(), 1, "a code is used once");
    }
}

#[tokio::test]
async fn r17_nobody_learns_by_codes_who_is_known() {
    for house in houses().await {
        house.founded_by(ADA, "Nordwind").await;
        let (known, unknown) = (house.send_code(ADA, "").await.unwrap(), house.send_code(LINA, "").await.unwrap());
        let seconds = |sent: &pb::SendSignInCodeResponse| sent.expire_time.unwrap().seconds;
        assert!((seconds(&known) - seconds(&unknown)).abs() < 60 && known.handle.len() == unknown.handle.len());
        let mails = [house.code_mails(ADA).await, house.code_mails(LINA).await].concat();
        let names: Vec<Vec<_>> =
            mails.iter().map(|mail| mail.variables.iter().map(|one| one.name.as_str()).collect()).collect();
        assert_eq!(names, [["confirm_code", "expire_date"]; 2]);
        // Wrong, never asked for, and guessed at too often: byte for byte the same.
        let told = async |address: &str, handle: &str| {
            let status = house.coded(address, (handle, "aaaaaaaa")).await.err().unwrap();
            (status.code(), status.message().to_owned(), status.details().to_vec())
        };
        let (known, unknown) = (known.handle, unknown.handle);
        let first = told(ADA, &known).await;
        assert_eq!(first.0, Code::Unauthenticated);
        for (address, handle) in
            [(LINA, &unknown), ("nobody@nowhere.example", &unknown), (ADA, &unknown), (LINA, &known)]
        {
            assert_eq!(told(address, handle).await, first, "{address}");
        }
        for _ in 0..5 {
            assert_eq!(told(ADA, &known).await, first, "guessed at too often");
        }
        assert_eq!(told(ADA, "nonsense").await, first);
        house.advance(1).await;
        assert_eq!(told(LINA, &unknown).await, first, "expired");
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
async fn r17_no_source_uses_up_what_is_an_addresses_or_a_companys() {
    let of = |number: u32| NonZeroU32::new(number).unwrap();
    let houses = houses_with(|setup| {
        setup.trusted_proxies = vec![here()];
        setup.config.sign_in_codes_per_address = of(4);
        setup.config.sign_in_codes_per_domain = of(7);
        setup.config.sign_in_codes_per_domain_and_source = of(5);
    });
    for house in houses.await {
        house.founded_by("ada@one.example", "One").await;
        let into = house.service.app().now().timestamp().rem_euclid(3_600);
        house.advance_seconds(3_601 - into).await;
        let sent = async |source: &str, address: &str| {
            let told = house.send_code_from(source, address).await;
            told.map(drop).map_err(|status| (status.message().to_owned(), reason(Err::<(), _>(status))))
        };
        let eve = async |address: &str| sent("203.0.113.5", address).await;
        for _ in 0..3 {
            assert_eq!(eve("ada@one.example").await, Ok(()));
        }
        let full = eve("ada@one.example").await;
        assert_eq!(full.clone().unwrap_err().1, "RATE_LIMITED", "a source asks thrice for an address");
        assert_eq!(sent("198.51.100.7", "ada@one.example").await, Ok(()), "its owner goes on");
        for _ in 0..2 {
            assert_eq!(eve("nobody@one.example").await, Ok(()));
        }
        assert_eq!(eve("another@one.example").await, full, "five for a domain, whether anybody is known there or not");
        assert_eq!(sent("198.51.100.8", "ada@one.example").await, full, "four for an address");
        assert_eq!(sent("198.51.100.8", "bo@one.example").await, Ok(()));
        assert_eq!(sent("198.51.100.9", "cy@one.example").await, full, "seven for a domain");
    }
}

#[tokio::test]
async fn r17_what_is_no_address_and_no_code_is_named() {
    for house in houses().await {
        assert_eq!(refused(house.send_code("lina", "").await).fields, ["email"]);
        assert_eq!(refused(house.send_code(LINA, "??").await).fields, ["language_code"]);
        assert_eq!(refused(house.send_code("", "??").await).fields, ["email", "language_code"]);
        let all = ["sign_in_code.email", "sign_in_code.code", "sign_in_code.handle"];
        assert_eq!(refused(house.coded("", ("", "")).await).fields, all);
    }
}

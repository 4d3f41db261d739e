//! SendSignInCode: a code for whoever reads the mail of an address. Whether the address is known plays no part.

use std::time::Duration;

use addresses::Email;
use chrono::{DateTime, Utc};
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Outcome, Reason, Violations};
use tonic::Code;
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::issuer::MAILED_CODE;
use crate::domain::rules::mail::{self, Unfit};
use crate::domain::sign_in_code::{Count, Mailed, SignInCode, WINDOW, window};
use crate::rpc::session::{address, word};
use crate::{App, Change, link, store};

/// What we write in when nothing is said.
const LANGUAGE: &str = "en";

/// Who asked for a code, and where it goes.
struct Asked<'a> {
    app: &'a App,
    email: Email,
    language: String,
    source: String,
}

pub(crate) async fn send(
    app: &App,
    caller: &Caller,
    request: pb::SendSignInCodeRequest,
) -> Result<pb::SendSignInCodeResponse, Fault> {
    let mut v = Violations::of(&request);
    let email = v.email("email", &request.email);
    let language = match request.language_code.as_str() {
        "" => Some(LANGUAGE.to_owned()),
        code => v.language("language_code", code).map(|language| language.to_string()),
    };
    let (email, language) = v.all((email, language))?;
    let asked = &Asked { app, email, language, source: caller.network().to_string() };
    // Who vouches for a domain is asked of its owner, whatever token is sent along.
    app.change(&caller.beyond_its_wall(), &request, |change| send_in(change, asked)).await
}

async fn send_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::SendSignInCodeResponse, Event>, Fault> {
    let (tx, now, app) = (&change.tx, change.now(), asked.app);
    word(app, tx, MAILED_CODE, &asked.email).await?;
    if !store::sign_in_code::take(tx, &asked.counts(now)).await? {
        return Err(too_many(now));
    }
    // Beside those that were mailed before, which others may have asked for: none voids another.
    let code = SignInCode::new(change.id(), address(app, &asked.email), change.nonce(), now);
    store::sign_in_code::insert(tx, &code).await?;
    let handle = link::handle(app.links(), &code);
    let answer = pb::SendSignInCodeResponse { expire_time: Some(timestamp(code.expires)), handle };
    let mailed = Mailed { code, address: asked.email.as_str().to_owned(), language: asked.language.clone() };
    Ok(Outcome::Done(answer, vec![Event::SignInCodeSent(Box::new(mailed))]))
}

impl Asked<'_> {
    /// What this mail counts under. Web-mail providers are nobody's: there a limit would shut out strangers. What one source asks for counts
    /// beside what all do, else one stranger would use up what is the owner's.
    fn counts(&self, now: DateTime<Utc>) -> Vec<Count> {
        let config = &self.app.service().config;
        let domain = self.email.registrable_domain();
        let public = matches!(mail::provider(domain, domain, now), Some(Unfit::Webmail(_)));
        let (mailbox, domain) = (Some(self.email.mailbox()), (!public).then(|| domain.to_owned()));
        let from_here = |value: &Option<String>| value.as_ref().map(|value| format!("{value} {}", self.source));
        let named = [
            ("address-source", from_here(&mailbox), config.sign_in_codes_per_address_and_source),
            ("domain-source", from_here(&domain), config.sign_in_codes_per_domain_and_source),
            ("address", mailbox, config.sign_in_codes_per_address),
            ("domain", domain, config.sign_in_codes_per_domain),
            ("source", Some(self.source.clone()), config.sign_in_codes_per_source),
        ];
        let begins = window(now);
        let count = |(scope, value, most): (&str, Option<String>, std::num::NonZeroU32)| {
            let key = self.app.links().blind("sign-in-count", &format!("{scope} {}", value?));
            Some(Count { key, begins, most: most.get().into() })
        };
        named.into_iter().filter_map(count).collect()
    }
}

fn too_many(now: DateTime<Utc>) -> Fault {
    let wait = (window(now) + WINDOW - now).to_std().unwrap_or(Duration::from_secs(1));
    let message = "as many codes were mailed as may be in an hour: use one of them with its handle, or wait";
    Fault::new(Code::ResourceExhausted, Reason::RateLimited, message).retry_after(wait)
}

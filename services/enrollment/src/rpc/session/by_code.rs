//! The proof that is a mailed code, with the handle of who asked for it. What is wrong with either is told alike, so that nobody learns who asked
//! for one; and who does not show the handle spends nobody's tries.

use addresses::Email;
use database::Tx;
use ids::{OrganizationId, SignInCodeId, kind};
use runtime::links::Presented;
use runtime::{Caller, Fault, Links, Outcome, Violations};
use tonic::Code;
use wire::enrollment as pb;

use super::person::{Vouched, enter};
use super::{address, word};
use crate::domain::Event;
use crate::domain::issuer::MAILED_CODE;
use crate::domain::sign_in_code::{Shown, SignInCode};
use crate::{App, Change, link, store};

/// A code as it was shown.
struct Given {
    email: Email,
    code: String,
    /// None: what was shown is no handle.
    handle: Option<Presented>,
    organization: Option<OrganizationId>,
}

pub(super) async fn create(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    proof: &pb::SignInCode,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    let email = v.email("sign_in_code.email", &proof.email);
    let code = v.text("sign_in_code.code", &proof.code, 1..=16);
    let handle = v.text("sign_in_code.handle", &proof.handle, 1..=200);
    let (organization, email, code, handle) = v.all((organization, email, code, handle))?;
    let given = &Given { email, code, handle: Links::read(&handle), organization };
    // Who signs in may send a token along, of whatever organization.
    app.change(&caller.beyond_its_wall(), request, |change| redeem(app, change, given)).await
}

async fn redeem(app: &App, change: Change, given: &Given) -> Result<Outcome<pb::Session, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    word(app, tx, MAILED_CODE, &given.email).await?;
    let known = asked_for(app, tx, given).await?.ok_or_else(wrong)?;
    let right = app.links().proves_code(&given.code, link::bond(&known));
    let mut shown = known.clone();
    match shown.show(right, now) {
        Shown::Void => Err(wrong()),
        Shown::Wrong => {
            store::sign_in_code::save(tx, &known, &shown).await?;
            Ok(Outcome::Refused(wrong(), Vec::new()))
        }
        Shown::Right => {
            store::sign_in_code::delete(tx, &known).await?;
            let subject = given.email.as_str().to_owned();
            let vouched = Vouched {
                issuer: MAILED_CODE.to_owned(),
                subject,
                email: given.email.clone(),
                display_name: String::new(),
            };
            enter(app, change, &vouched, given.organization).await
        }
    }
}

/// The code that was mailed to this address when this handle was given.
async fn asked_for(app: &App, tx: &Tx, given: &Given) -> Result<Option<SignInCode>, Fault> {
    let Some(handle) = &given.handle else { return Ok(None) };
    let known = store::sign_in_code::get(tx, SignInCodeId::from_uuid(handle.id)).await?;
    let theirs =
        |code: &SignInCode| link::is_handle(app.links(), handle, code) && code.address == address(app, &given.email);
    Ok(known.filter(theirs))
}

fn wrong() -> Fault {
    let message = "this code is wrong, used or too old: ask for another";
    Fault::new(Code::Unauthenticated, pb::Reason::CodeInvalid, message)
}

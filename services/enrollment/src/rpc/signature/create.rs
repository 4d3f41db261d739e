//! CreateSignature: who signed which text, when and from where; for ever.

use database::Scope;
use ids::{AgreementTemplateId, EnrollmentId, OrganizationId, UserId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::agreement::Signature;
use crate::domain::coverage::covering;
use crate::{App, Change, convert, store};

/// What is signed, and by whom.
struct Asked {
    scope: Scope,
    organization: OrganizationId,
    enrollment: EnrollmentId,
    template: AgreementTemplateId,
    sha256: String,
    signer: UserId,
    source_address: String,
}

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateSignatureRequest,
) -> Result<pb::Signature, Fault> {
    let mut v = Violations::of(&request);
    let given = request.signature.clone().unwrap_or_default();
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let enrollment = v.child::<kind::Organization, kind::Enrollment>("signature.enrollment", &given.enrollment);
    let template = v.name::<kind::AgreementTemplate>("signature.agreement_template", &given.agreement_template);
    if given.sha256.len() != 64 || !given.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        v.add("signature.sha256", "must be a SHA-256 as 64 lower-case hexadecimal digits");
    }
    if let (Some(parent), Some((owner, _))) = (parent, enrollment)
        && parent != owner
    {
        v.add("signature.enrollment", "must be an enrollment of parent");
    }
    let (organization, (_, enrollment), template) = v.all((parent, enrollment, template))?;
    let asked = &Asked {
        scope: caller.scope_of(organization)?,
        organization,
        enrollment,
        template,
        sha256: given.sha256,
        signer: caller.user()?.user,
        source_address: caller.source.map(|address| address.to_string()).unwrap_or_default(),
    };
    app.change(caller, &request, |change| sign_in(change, asked)).await
}

async fn sign_in(change: Change, asked: &Asked) -> Result<Outcome<pb::Signature, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, asked.scope, organization).await? {
        return Err(Fault::missing());
    }
    let mut enrollment =
        store::enrollment::get(tx, asked.scope, organization, asked.enrollment).await?.ok_or_else(Fault::missing)?;
    let (template, _) = store::agreement::get(tx, asked.template).await?.ok_or_else(Fault::missing)?;
    let picture = store::picture::load(tx, asked.scope, organization, now).await?.ok_or_else(Fault::missing)?;
    let mut v = Violations::default();
    for misfit in picture.misfits(&template, &enrollment, now) {
        v.add("signature.agreement_template", misfit.to_string());
    }
    v.done()?;
    let events = picture.sign(&mut enrollment, &template, &asked.sha256, now)?;
    let signature = Signature {
        id: change.id(),
        organization,
        enrollment: enrollment.id,
        template: template.id,
        sha256: template.sha256.clone(),
        version: template.version,
        signer: asked.signer,
        source_address: asked.source_address.clone(),
        created: now,
    };
    store::signature::insert(tx, &signature).await??;
    store::enrollment::save(tx, &mut enrollment).await?;
    let all = store::signature::all(tx, organization).await?;
    let covering = covering(&signature, &all, &template, &picture.templates, now);
    Ok(Outcome::Done(convert::signature(&covering), events))
}

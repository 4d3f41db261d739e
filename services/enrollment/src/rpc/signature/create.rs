//! CreateSignature: who signed which text, when and from where; for ever.

use database::Scope;
use ids::{AgreementTemplateId, EnrollmentId, OrganizationId, UserId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::agreement::{Signature, Template, in_force};
use crate::domain::enrollment::Enrollment;
use crate::domain::lifecycle::Command;
use crate::domain::picture::Picture;
use crate::domain::refusal::Missing;
use crate::domain::requirement::Code;
use crate::domain::{Event, Refusal};
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
    fits(&template, &enrollment, &picture, now)?;
    enrollment.obey(Command::Sign, now)?;
    signable(&template, &enrollment, &picture, &asked.sha256, now)?;
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
    enrollment.signed_version = template.version;
    let mut events = vec![Event::AgreementSigned(Box::new(picture.standing(&enrollment)))];
    events.extend(picture.settle(&mut enrollment, now));
    store::enrollment::save(tx, &mut enrollment).await?;
    Ok(Outcome::Done(convert::signature(&signature), events))
}

/// The template is for this type and region.
fn fits(
    template: &Template,
    enrollment: &Enrollment,
    picture: &Picture,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Fault> {
    let mut v = Violations::default();
    let region = picture.organization.region(now).map_or("", markets::RegionCode::as_str);
    if template.kind != enrollment.kind {
        v.add("signature.agreement_template", "is for another type of enrollment");
    }
    if template.region != region {
        v.add("signature.agreement_template", format!("is for another region than {region}"));
    }
    v.done()
}

/// It is the version in force, not signed yet, and the text that was read.
fn signable(
    template: &Template,
    enrollment: &Enrollment,
    picture: &Picture,
    sha256: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Refusal> {
    if picture.location.is_none() {
        return Err(Refusal::Outstanding(vec![Missing {
            code: Code::Location,
            field: picture.organization.id.name(),
            description: "associate a location first".to_owned(),
        }]));
    }
    if template.effective > now {
        return Err(Refusal::NotInForce);
    }
    let newest = in_force(&picture.templates, template.kind, &template.region, now);
    if let Some(newest) = newest.filter(|newest| newest.version > template.version) {
        let same_language = |other: &&Template| {
            other.kind == newest.kind && other.version == newest.version && other.language == template.language
        };
        let named = picture.templates.iter().find(same_language).unwrap_or(newest);
        return Err(Refusal::Superseded(named.id));
    }
    if enrollment.signed_version >= template.version {
        return Err(Refusal::AlreadySigned);
    }
    if sha256 == template.sha256 { Ok(()) } else { Err(Refusal::TextHashMismatch) }
}

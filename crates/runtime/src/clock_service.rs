//! The steppable clock of a simulation: its offset is kept in the database, so that every replica and restart agrees.

use chrono::TimeDelta;
use database::{Step, Tx, setting};
use tonic::{Request, Response, Status};
use wire::simulation as pb;
use wire::simulation::clock_service_server::ClockService;

use crate::{App, Caller, Fault, Service, Violations, convert};

/// The setting that holds the offset, in seconds.
pub(crate) const OFFSET: &str = "clock_offset";
/// 10 years of 366 days.
const LARGEST: i64 = 10 * 366 * 86_400;

pub(crate) struct Rpc<S: Service>(pub(crate) App<S>);

#[tonic::async_trait]
impl<S: Service> ClockService for Rpc<S> {
    async fn get_clock(&self, request: Request<pb::GetClockRequest>) -> Result<Response<pb::Clock>, Status> {
        crate::handle!(self, request, get)
    }

    async fn set_offset(&self, request: Request<pb::SetOffsetRequest>) -> Result<Response<pb::Clock>, Status> {
        crate::handle!(self, request, set_offset)
    }
}

async fn get<S: Service>(app: &App<S>, _: &Caller, _: pb::GetClockRequest) -> Result<pb::Clock, Fault> {
    refresh(app).await?;
    Ok(clock(app))
}

async fn set_offset<S: Service>(app: &App<S>, _: &Caller, request: pb::SetOffsetRequest) -> Result<pb::Clock, Fault> {
    refresh(app).await?;
    let mut violations = Violations::of(&request);
    let offset = violations.check("offset", offset(app, request.offset));
    let (offset,) = violations.all((offset,))?;
    let value = offset.to_string();
    let value = &value;
    app.database()
        .transact(move |tx: Tx| async move {
            setting::put(&tx, OFFSET, value).await?;
            Ok::<_, Fault>(Step::Commit(()))
        })
        .await?;
    app.floor().clock.advance_to(offset);
    Ok(clock(app))
}

fn offset<S: Service>(app: &App<S>, offset: Option<prost_types::Duration>) -> Result<i64, &'static str> {
    let offset = offset.ok_or("is required")?;
    if offset.nanos != 0 || !(0..=LARGEST).contains(&offset.seconds) {
        return Err("must be whole seconds from 0 to 10 years");
    }
    if TimeDelta::seconds(offset.seconds) < app.floor().clock.offset() {
        return Err("must not be lower than the present offset");
    }
    Ok(offset.seconds)
}

fn clock<S: Service>(app: &App<S>) -> pb::Clock {
    pb::Clock { offset: Some(convert::duration(app.floor().clock.offset())), now: Some(convert::timestamp(app.now())) }
}

/// Takes over the offset that another replica may have set.
pub(crate) async fn refresh<S: Service>(app: &App<S>) -> Result<(), Fault> {
    if app.floor().simulation
        && let Some(value) = setting::get(app.database().reader(), OFFSET).await?
    {
        let offset = value
            .parse()
            .map_err(|error: std::num::ParseIntError| database::Error::unreadable("setting", "value", OFFSET, error))?;
        app.floor().clock.advance_to(offset);
    }
    Ok(())
}

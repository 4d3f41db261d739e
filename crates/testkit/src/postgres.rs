//! The PostgreSQL server of this test process, and an empty database on it per test.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use anyhow::{Context, Result};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use crate::cluster::Cluster;

pub(crate) struct Server {
    url: String,
    /// None for a server that is somebody else's.
    cluster: Option<Cluster>,
}

/// A database that is dropped with this.
pub(crate) struct Created {
    url: String,
    /// How many schemas were made in it.
    schemas: AtomicU32,
    /// The server to drop it on; none where the whole cluster goes away anyhow.
    drop_on: Option<(String, String)>,
}

impl Server {
    pub(crate) fn find() -> Result<Server> {
        match env::var_os("LINKAGE_TEST_POSTGRES") {
            Some(url) => {
                let url = url.into_string().ok().context("LINKAGE_TEST_POSTGRES is not UTF-8")?;
                Ok(Server { url, cluster: None })
            }
            None => {
                let cluster = Cluster::start()?;
                Ok(Server { url: cluster.url(), cluster: Some(cluster) })
            }
        }
    }

    pub(crate) async fn create(&self) -> Result<Created> {
        let name = format!("linkage_test_{}_{:016x}", process::id(), RandomState::new().build_hasher().finish());
        // template0, since template1 can't be copied while anybody is connected to it.
        run(&self.url, &format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        let url = with_database(&self.url, &name)?;
        Ok(Created {
            url,
            schemas: AtomicU32::new(0),
            drop_on: self.cluster.is_none().then(|| (self.url.clone(), name)),
        })
    }
}

impl Created {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The URL of an empty schema in it.
    pub(crate) async fn schema(&self) -> Result<String> {
        let name = format!("another_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        run(&self.url, &format!("CREATE SCHEMA {name}")).await?;
        let joint = if self.url.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}options[search_path]={name}", self.url))
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        let Some((server, name)) = self.drop_on.take() else { return };
        // A thread of its own, since the test's runtime can't be blocked on from inside.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
        });
        let _ = dropping.join();
    }
}

async fn run(url: &str, statement: &str) -> Result<()> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await.context("can't connect to PostgreSQL")?;
    connection.execute_unprepared(statement).await?;
    Ok(connection.close().await?)
}

/// The URL with another database's name in it.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let (scheme, rest) = address.split_once("://").context("LINKAGE_TEST_POSTGRES is not a URL")?;
    let host = rest.split('/').next().unwrap_or(rest);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{scheme}://{host}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn keeps_all_but_the_name() {
        for (url, expected) in [
            ("postgres://ada@host:5/postgres", "postgres://ada@host:5/x"),
            ("postgres://ada:pw@host", "postgres://ada:pw@host/x"),
            ("postgres://ada@localhost:5/a?host=/tmp/b&c=d", "postgres://ada@localhost:5/x?host=/tmp/b&c=d"),
        ] {
            assert_eq!(with_database(url, "x").unwrap(), expected);
        }
        with_database("host", "x").unwrap_err();
    }
}

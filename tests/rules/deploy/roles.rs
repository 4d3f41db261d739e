//! Who is who in PostgreSQL: for each service a role that serves, and one that owns the database and migrates it.

use runtime::ServiceName;
use serde_json::Value;

use super::rendered::Rendered;

/// Rights that no role of ours has: whoever has the first two sees all organizations' rows.
const DENIED: [&str; 5] = ["superuser", "bypassrls", "createdb", "createrole", "replication"];

pub(super) fn mistakes(rendered: &Rendered) -> Vec<String> {
    let clusters: Vec<&Value> = rendered.kind("Cluster").collect();
    let roles: Vec<&Value> =
        clusters.iter().flat_map(|one| one["spec"]["managed"]["roles"].as_array().into_iter().flatten()).collect();
    let mut found = Vec::new();
    for service in ServiceName::ALL {
        for (role, secret) in [
            (service.to_string(), format!("{service}-database")),
            (format!("{service}_owner"), format!("{service}-owner")),
        ] {
            let right = roles
                .iter()
                .any(|one| one["name"] == role && one["passwordSecret"]["name"] == secret && one["login"] == true);
            if !right {
                found.push(format!("no role {role} with the password of the Secret {secret}"));
            }
        }
        let owned = rendered
            .kind("Database")
            .any(|one| one["spec"]["name"] == service.as_str() && one["spec"]["owner"] == format!("{service}_owner"));
        if !owned {
            found.push(format!("the database of {service} is not its owner's"));
        }
    }
    if roles.len() != 2 * ServiceName::ALL.len() {
        found.push(format!("{} roles", roles.len()));
    }
    let mighty = roles.iter().filter(|role| DENIED.iter().any(|right| role[*right] == true));
    found.extend(mighty.map(|role| format!("{} may more than it needs", role["name"])));
    found
}

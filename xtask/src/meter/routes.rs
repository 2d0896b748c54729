//! The name under which a request is counted: its route, as the server itself describes it.

use anyhow::{Context, Result};

use crate::client::Api;

/// The routes of a server, out of its `OpenAPI` description.
#[derive(Debug)]
pub(crate) struct Routes {
    templates: Vec<String>,
}

impl Routes {
    /// Asks a server for its routes.
    pub(crate) async fn of(api: &Api) -> Result<Self> {
        let reply = api.get("/api/openapi.json").expect(200).await?;
        let paths = reply.at("/paths").as_object().map(|paths| paths.keys().cloned().collect());
        Ok(Self { templates: paths.with_context(|| reply.unlike("a list of paths"))? })
    }

    /// The template of a path, such as `/api/farms/{id}`. Fails for one that no route describes.
    pub(super) fn template(&self, path: &str) -> Result<String> {
        let path = path.split('?').next().unwrap_or(path);
        let fitting = self.templates.iter().filter_map(|template| fit(template, path));
        // `/api/farms/near` is more than a farm whose id is `near`.
        let best = fitting.min_by_key(|fit| fit.parameters);
        Ok(best.with_context(|| format!("no route of the server's is {path}"))?.name)
    }
}

/// A template that a path fits.
struct Fit {
    name: String,
    parameters: usize,
}

fn fit(template: &str, path: &str) -> Option<Fit> {
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut fit = Fit { name: template.to_owned(), parameters: 0 };
    for (wanted, given) in template.split('/').zip(path.split('/')) {
        if wanted.starts_with('{') && !given.is_empty() {
            fit.parameters += 1;
        } else if wanted != given {
            return None;
        }
        // A word of the workflow, not a name of something: each action does other work.
        if wanted == "{action}" {
            fit.name = fit.name.replace(wanted, given);
        }
    }
    Some(fit)
}

#[cfg(test)]
mod tests {
    use super::Routes;

    fn template(path: &str) -> Option<String> {
        let templates = [
            "/",
            "/api/certificates/{number}",
            "/api/certificates/{number}/verify",
            "/api/farms",
            "/api/farms/{id}",
            "/api/farms/near",
            "/api/farms/{id}/actions/{action}",
            "/api/farms/{id}/plots/{plotId}",
        ];
        let routes = Routes { templates: templates.map(str::to_owned).to_vec() };
        routes.template(path).ok()
    }

    #[test]
    fn ids_numbers_and_queries_make_no_routes() {
        for (path, named) in [
            ("/", "/"),
            ("/api/farms?limit=100&crop=turmeric", "/api/farms"),
            ("/api/farms/0198c0de-0000-7000-8000-000000000001", "/api/farms/{id}"),
            ("/api/farms/7/plots/9?x=/y", "/api/farms/{id}/plots/{plotId}"),
            ("/api/certificates/GACP-TH-2569-000001-A", "/api/certificates/{number}"),
            ("/api/certificates/none/verify", "/api/certificates/{number}/verify"),
        ] {
            assert_eq!(template(path).as_deref(), Some(named), "{path}");
        }
    }

    #[test]
    fn a_word_is_preferred_to_an_id() {
        assert_eq!(template("/api/farms/near").as_deref(), Some("/api/farms/near"));
    }

    #[test]
    fn each_action_has_its_name() {
        let named = template("/api/farms/7/actions/approve");

        assert_eq!(named.as_deref(), Some("/api/farms/{id}/actions/approve"));
    }

    #[test]
    fn a_path_of_no_route_is_refused() {
        for path in ["/api", "/api/farms/", "/api/farms/7/verify", "/api/farms/7/plots"] {
            assert_eq!(template(path), None, "{path}");
        }
    }
}

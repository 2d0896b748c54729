//! Paths as the router knows them: one slash where there are more, none at the end.

use std::pin::Pin;
use std::rc::Rc;

use actix_web::Error;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::middleware::NormalizePath;

/// [`NormalizePath`] for the paths that need it: nearly all are as they should be, and it would
/// copy each and search it with a regular expression.
pub(super) struct Tidied;

/// A service, and the same behind [`NormalizePath`].
pub(super) struct TidiedService<S, N> {
    service: Rc<S>,
    tidying: N,
}

type Tidying<S> = <NormalizePath as Transform<Rc<S>, ServiceRequest>>::Transform;

impl<S, B> Transform<S, ServiceRequest> for Tidied
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = TidiedService<S, Tidying<S>>;
    type InitError = ();
    type Future = Pin<Box<dyn Future<Output = Result<Self::Transform, ()>>>>;

    fn new_transform(&self, service: S) -> Self::Future {
        Box::pin(async move {
            let service = Rc::new(service);
            let tidying = NormalizePath::trim().new_transform(Rc::clone(&service)).await?;
            Ok(TidiedService { service, tidying })
        })
    }
}

impl<S, N> Service<ServiceRequest> for TidiedService<S, N>
where
    S: Service<ServiceRequest>,
    N: Service<ServiceRequest, Response = S::Response, Error = S::Error, Future = S::Future>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if is_tidy(request.path()) {
            self.service.call(request)
        } else {
            self.tidying.call(request)
        }
    }
}

fn is_tidy(path: &str) -> bool {
    path == "/" || !(path.ends_with('/') || path.contains("//"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, HttpRequest, HttpResponse, web};

    use super::*;

    /// What the router behind a middleware is asked for.
    macro_rules! asked {
        ($middleware:expr, $path:expr) => {{
            let tell =
                async |request: HttpRequest| HttpResponse::Ok().body(request.uri().to_string());
            let app = App::new().wrap($middleware).default_service(web::to(tell));
            let request = TestRequest::with_uri($path).to_request();
            let reply = call_service(&init_service(app).await, request).await;
            String::from_utf8(read_body(reply).await.to_vec()).unwrap()
        }};
    }

    #[tokio::test]
    async fn every_path_is_what_the_framework_makes_of_it() {
        for (letters, bits) in
            (0..7_u32).flat_map(|letters| (0..1 << letters).map(move |bits| (letters, bits)))
        {
            let letter = |nth| if bits >> nth & 1 == 0 { '/' } else { 'a' };
            let path: String = std::iter::once('/').chain((0..letters).map(letter)).collect();
            for path in [format!("{path}?q=//"), path] {
                assert_eq!(asked!(Tidied, &path), asked!(NormalizePath::trim(), &path), "{path}");
            }
        }
    }
}

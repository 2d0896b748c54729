//! `/metrics`, on an address of its own: what it tells is not for clients.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, guard, web};
use gacp_telemetry::metrics::{Exposition, Format};

use crate::logging;

/// Scrapers come every few seconds and wait for ten.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever scrapes is known; a handful of connections is enough for all of them.
const CONNECTIONS: usize = 32;

/// A listener for scrapers.
pub(crate) struct Scraped {
    /// Where it can be reached.
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl Scraped {
    /// Ends it.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// Serves what is counted, and nothing else.
pub(crate) fn serve(listener: TcpListener, exposition: Exposition) -> io::Result<Scraped> {
    let address = listener.local_addr()?;
    let exposition = web::Data::new(exposition);
    let server = HttpServer::new(move || {
        let get = web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(metrics);
        App::new()
            .app_data(exposition.clone())
            .service(web::resource("/metrics").route(get).default_service(web::to(get_it)))
    })
    .workers(1)
    .max_connections(CONNECTIONS)
    .client_request_timeout(PATIENCE)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    logging::listening("metrics", address);
    Ok(Scraped { address, handle })
}

async fn metrics(request: HttpRequest, exposition: web::Data<Exposition>) -> HttpResponse {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let format = Format::of(accept);
    let kind = (CONTENT_TYPE, format.content_type());
    HttpResponse::Ok().insert_header(kind).body(exposition.render(format))
}

async fn get_it() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header(("Allow", "GET, HEAD")).finish()
}

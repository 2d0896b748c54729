//! Cookies that a journey was given, and sends back: a journey is a device.

use super::super::super::http1::Message;

/// The most that one journey keeps.
const MOST: usize = 50;

#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Cookies {
    /// Keeps what a reply sets; what is for TLS alone or has expired is not kept (RFC 6265).
    pub(super) fn keep(&mut self, reply: &Message) {
        for field in reply.headers("set-cookie") {
            self.keep_one(field);
        }
    }

    fn keep_one(&mut self, field: &str) {
        let mut parts = field.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (mut path, mut is_kept) = ("/".to_owned(), true);
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut path),
                "secure" => is_kept = false,
                "max-age" if value.starts_with('0') || value.starts_with('-') => is_kept = false,
                _ => {}
            }
        }
        self.0.retain(|cookie| cookie.name != name || cookie.path != path);
        if is_kept && self.0.len() < MOST {
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            self.0.push(Cookie { name, value, path });
        }
    }

    /// What is sent with a request for this path.
    pub(super) fn of(&self, path: &str) -> Option<String> {
        let sent = self.0.iter().filter(|cookie| covers(&cookie.path, path));
        let sent: Vec<_> = sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }
}

/// Whether a path is at or below that of a cookie.
fn covers(cookie: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    let below = path.strip_prefix(cookie);
    below.is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::Cookies;

    #[test]
    fn a_cookie_is_sent_where_it_belongs() {
        let mut cookies = Cookies::default();
        for field in ["a=1; Path=/api/auth; HttpOnly", "b=2", "c=3; Secure", "d=4; Max-Age=0"] {
            cookies.keep_one(field);
        }

        assert_eq!(cookies.of("/api/auth/login?x").as_deref(), Some("a=1; b=2"));
        assert_eq!(cookies.of("/api/authors").as_deref(), Some("b=2"));
        cookies.keep_one("b=5");
        assert_eq!(cookies.of("/").as_deref(), Some("b=5"));
        cookies.keep_one("b=; Max-Age=0");
        assert_eq!(cookies.of("/"), None);
    }
}

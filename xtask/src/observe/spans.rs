//! What rotel writes down of the spans that it receives.

use std::collections::BTreeMap;

/// A span as it was received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// `service.name` of who sent it.
    pub(super) service: String,
    pub(super) trace: String,
    pub(super) parent: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl Span {
    /// The value of an attribute; empty if it has none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Every span in a log; the last one may be there in part.
pub(super) fn read(log: &str) -> Vec<Span> {
    let (mut spans, mut service) = (Vec::new(), String::new());
    let mut is_span = false;
    for line in log.lines() {
        if line.starts_with("ResourceSpans #") {
            is_span = false;
        } else if line.starts_with("Span #") {
            is_span = true;
            spans.push(Span { service: service.clone(), ..Span::default() });
        } else if let Some((name, value)) = attribute(line) {
            match spans.last_mut().filter(|_| is_span) {
                Some(span) => _ = span.attributes.insert(name.to_owned(), value.to_owned()),
                None if name == "service.name" => value.clone_into(&mut service),
                None => {}
            }
        } else if let Some(span) = spans.last_mut().filter(|_| is_span) {
            enter(line, span);
        }
    }
    spans
}

/// `     -> http.route: Str(/api/auth/login)`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, typed) = line.trim_start().strip_prefix("-> ")?.split_once(": ")?;
    let value = typed.split_once('(').and_then(|(_, value)| value.strip_suffix(')'));
    Some((name, value.unwrap_or(typed)))
}

/// `    Trace ID       : 4bf92f3577b34da6a3ce929d0e0e4736`.
fn enter(line: &str, span: &mut Span) {
    let Some((name, value)) = line.split_once(": ") else { return };
    let field = match name.trim() {
        "Trace ID" => &mut span.trace,
        "Parent ID" => &mut span.parent,
        "ID" => &mut span.id,
        "Name" => &mut span.name,
        "Kind" => &mut span.kind,
        _ => return,
    };
    value.trim().clone_into(field);
}

#[cfg(test)]
mod tests {
    use super::read;

    /// As rotel 0.0.1a15 writes it.
    const LOG: &str = "\u{1b}[2m2026-11-26T11:12:51Z INFO Starting Rotel.
ResourceSpans #0
Resource SchemaURL: 
Resource attributes:
     -> service.version: Str(0.1.0)
     -> service.name: Str(gacp-api)
ScopeSpans #0
ScopeSpans SchemaURL: 
InstrumentationScope gacp 
Span #0
    Trace ID       : 4bf92f3577b34da6a3ce929d0e0e4736
    Parent ID      : 00f067aa0ba902b7
    ID             : c522ac465e47ca75
    Name           : POST /api/auth/login
    Kind           : SPAN_KIND_SERVER
Start time: 1795691576826062954
    Status code    : STATUS_CODE_UNSET
    Status message : 
Attributes:
     -> http.route: Str(/api/auth/login)
     -> http.response.status_code: Int(200)
Span #1
    Trace ID       : 4bf92f3577b34da6a3ce929d0e0e4736
    Parent ID      : 
ResourceSpans #0
Resource attributes:
     -> service.name: Str(other)
";

    #[test]
    fn spans_are_read_as_they_are_written_down() {
        let spans = read(LOG);

        assert_eq!(spans.len(), 2);
        let (request, other) = (&spans[0], &spans[1]);
        assert_eq!((&*request.service, &*request.name), ("gacp-api", "POST /api/auth/login"));
        assert_eq!((&*request.id, &*request.parent), ("c522ac465e47ca75", "00f067aa0ba902b7"));
        assert_eq!((&*request.trace, &*request.kind), (&*other.trace, "SPAN_KIND_SERVER"));
        assert_eq!(request.attribute("http.route"), "/api/auth/login");
        assert_eq!(request.attribute("http.response.status_code"), "200");
        assert_eq!((&*other.service, &*other.parent), ("gacp-api", ""));
    }
}

//! What a route is, for its readers: the part of its `OpenAPI` operation that its row in the table
//! of access and its options do not say already.

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::problem::Code;

/// A named schema, as components hold it.
pub(crate) type Component = (String, RefOr<Schema>);

/// The description of one route.
pub(crate) struct Operation {
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    /// What is too long for the summary, in Markdown.
    pub(crate) details: String,
    pub(crate) body: Option<RefOr<Schema>>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) replies: Vec<(u16, &'static str, Option<RefOr<Schema>>)>,
    /// How it says that the caller's state is stale; nothing when it takes no `If-Match`.
    pub(crate) if_match: Option<Required>,
    pub(crate) problems: Vec<Code>,
    pub(crate) components: Vec<Component>,
}

impl Operation {
    /// What an operation does, in a sentence.
    pub(crate) fn new(tag: &'static str, summary: &'static str) -> Self {
        Self {
            tag,
            summary,
            details: String::new(),
            body: None,
            parameters: Vec::new(),
            replies: Vec::new(),
            if_match: None,
            problems: Vec::new(),
            components: Vec::new(),
        }
    }

    /// What there is to know beside the summary, in Markdown.
    pub(crate) fn explains(self, details: String) -> Self {
        Self { details, ..self }
    }

    /// What it reads.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.body = Some(self.reference::<T>());
        self
    }

    /// The parameters of its query.
    pub(crate) fn query<P: IntoParams>(mut self) -> Self {
        self.parameters.extend(P::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// Needs `If-Match`.
    pub(crate) fn if_match(self) -> Self {
        Self { if_match: Some(Required::True), ..self }
    }

    /// Takes `If-Match` when it is sent.
    pub(crate) fn optional_if_match(self) -> Self {
        Self { if_match: Some(Required::False), ..self }
    }

    /// Answers `{"data": T}`.
    pub(crate) fn returns<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        let schema = envelope(self.reference::<T>());
        self.replies.push((status, what, Some(schema)));
        self
    }

    /// Answers `{"data": [T]}` without pages.
    pub(crate) fn returns_all<T: ToSchema>(mut self, what: &'static str) -> Self {
        let items = ArrayBuilder::new().items(self.reference::<T>());
        self.replies.push((200, what, Some(envelope(Schema::from(items).into()))));
        self
    }

    /// Answers a page: `{"data": [T], "page": …}`.
    pub(crate) fn returns_page<T: ToSchema>(mut self, what: &'static str) -> Self {
        let items = ArrayBuilder::new().items(self.reference::<T>());
        let page = ObjectBuilder::new()
            .property("data", items)
            .property("page", Ref::from_schema_name("Page"))
            .required("data")
            .required("page");
        self.replies.push((200, what, Some(Schema::from(page).into())));
        self
    }

    /// Answers a document that stands for itself.
    pub(crate) fn returns_document(mut self, what: &'static str) -> Self {
        let schema = Schema::from(ObjectBuilder::new());
        self.replies.push((200, what, Some(schema.into())));
        self
    }

    /// Answers nothing but its status.
    pub(crate) fn returns_nothing(mut self, status: u16, what: &'static str) -> Self {
        self.replies.push((status, what, None));
        self
    }

    /// The refusals of its own, beside those that its row and its options bring.
    pub(crate) fn refuses(mut self, codes: &[Code]) -> Self {
        self.problems.extend(codes);
        self
    }

    fn reference<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().into_owned();
        T::schemas(&mut self.components);
        self.components.push((name.clone(), <T as PartialSchema>::schema()));
        Ref::from_schema_name(name).into()
    }
}

fn envelope(data: RefOr<Schema>) -> RefOr<Schema> {
    Schema::from(ObjectBuilder::new().property("data", data).required("data")).into()
}

use proptest::prelude::*;

use super::*;

/// Everything that a key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    route: String,
    method: String,
    scope: (u8, String),
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    language: String,
    version: String,
}

fn key(request: &Request) -> Key {
    let who = request.scope.1.as_str();
    let scope = match request.scope.0 {
        0 => Scope::Public,
        1 => Scope::Role(who),
        _ => Scope::User(who),
    };
    let mut parts = Key::of(&request.route, &request.method, scope);
    for (name, value) in &request.path {
        parts = parts.path(name, value);
    }
    let pairs = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let known: Vec<&str> = pairs.clone().map(|(name, _)| name).collect();
    let parts = parts.query(&known, pairs).unwrap();
    parts.language(&request.language).version(&request.version).key()
}

/// Few letters, so that requests that differ only in where one part ends are frequent.
fn text() -> impl Strategy<Value = String> {
    "[a&=]{0,3}"
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((text(), text()), 0..3)
}

prop_compose! {
    fn request()(
        route in text(), method in text(), scope in (0_u8..3, text()),
        path in pairs(), query in pairs(), language in text(), version in text(),
    ) -> Request {
        // Nobody is in no role, and nobody is anybody.
        let scope = if scope.0 == 0 { (0, String::new()) } else { scope };
        let mut query = query;
        query.sort_by(|(one, _), (other, _)| one.cmp(other));
        Request { route, method, scope, path, query, language, version }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn different_requests_have_different_keys(one in request(), other in request()) {
        prop_assert_eq!(key(&one) == key(&other), one == other);
    }

    #[test]
    fn a_single_difference_makes_another_key(one in request(), other in request(), which in 0..7) {
        let mut changed = one.clone();
        match which {
            0 => changed.route = other.route,
            1 => changed.method = other.method,
            2 => changed.scope = other.scope,
            3 => changed.path = other.path,
            4 => changed.query = other.query,
            5 => changed.language = other.language,
            _ => changed.version = other.version,
        }
        prop_assert_eq!(key(&one) == key(&changed), one == changed);
    }

    #[test]
    fn a_users_key_is_nobody_elses(request in request(), user in ".{1,40}", other in ".{0,40}") {
        let key_of = |scope| key(&Request { scope, ..request.clone() });
        let mine = key_of((2, user.clone()));

        prop_assert_ne!(mine, key_of((0, String::new())));
        prop_assert_ne!(mine, key_of((1, user.clone())));
        prop_assert_eq!(mine == key_of((2, other.clone())), user == other);
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(request in request(), seed in any::<u64>()) {
        let mut shuffled = request.clone();
        // Those of one name stay in their order.
        shuffled.query.sort_by_key(|(name, _)| {
            name.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).rotate_left(7) ^ u64::from(byte))
        });

        prop_assert_eq!(key(&request), key(&shuffled));
    }
}

#[test]
fn an_unknown_parameter_has_no_key() {
    let parts = || Key::of("/farms", "GET", Scope::Public);
    let known = ["cursor", "limit"];

    assert!(parts().query(&known, [("limit", "5"), ("cursor", "x")]).is_ok());
    assert_eq!(parts().query(&known, [("limit", "5"), ("utm", "x")]).err(), Some(UnknownParameter));
}

#[test]
fn a_key_says_nothing_of_its_request() {
    let key = Key::of("/profile", "GET", Scope::User("somying")).key();

    assert!(!format!("{key:?}").contains("somying"));
}

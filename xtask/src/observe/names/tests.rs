use super::Names;

#[track_caller]
fn names(expression: &str, metrics: &[&str], labels: &[&str]) {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = Names { metrics: owned(metrics), labels: owned(labels) };

    assert_eq!(Names::of(expression), expected, "{expression}");
}

#[test]
fn what_is_selected_is_a_metric() {
    names("up", &["up"], &[]);
    names("a:b:rate5m / b_total > 14.4 * 0.01", &["a:b:rate5m", "b_total"], &[]);
    names("rate(a[5m]) or vector(0)", &["a"], &[]);
    names("time() - max by (job) (a)", &["a"], &["job"]);
    names("a offset 10m unless b", &["a", "b"], &[]);
    names("changes(a[30m:1m]) > bool 1e3", &["a"], &[]);
}

#[test]
fn what_selects_and_what_groups_are_labels() {
    names(r#"a{x="up{y}", z!~"b\"|c"}"#, &["a"], &["x", "z"]);
    names("sum by(x, y) (a)", &["a"], &["x", "y"]);
    names("sum(a) without (x)", &["a"], &["x"]);
    names("a * on (x) group_left (y) b", &["a", "b"], &["x", "y"]);
    names("a * on (x) group_left b", &["a", "b"], &["x"]);
    names(r#"{__name__="a", x=`\`}"#, &[], &["__name__", "x"]);
}

#[test]
fn what_is_no_expression_has_an_end() {
    for broken in ["", "\"", "a{", "sum by", "[5m", "ก", "a{x=\"\\", "'"] {
        let _names = Names::of(broken);
    }
}

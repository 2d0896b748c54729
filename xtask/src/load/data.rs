//! What payloads give to journeys.

use std::fs;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

use super::csv::{Row, Table};
use super::figures::json_number;
use super::scenario::{Order, Payload};

/// The longest file that is read, in bytes.
const LONGEST_FILE: u64 = 512 * 1024 * 1024;

/// The rows of one payload.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) order: Order,
    pub(super) rows: Vec<Rc<Given>>,
}

/// What a journey is given.
#[derive(Debug, PartialEq)]
pub(super) struct Given {
    /// The file and the line in it.
    pub(super) file: Rc<str>,
    pub(super) line: usize,
    pub(super) values: Vec<(Rc<str>, Json)>,
}

impl Data {
    pub(super) fn read(payload: &Payload) -> Result<Self> {
        let table = table(payload)?;
        let fields: Vec<Rc<str>> = payload.fields.iter().map(|name| Rc::from(&**name)).collect();
        let file: Rc<str> = Rc::from(payload.file.display().to_string());
        let given = |Row { line, cells }: Row| {
            let values = fields.iter().cloned().zip(cells.iter().map(|cell| cast(cell, payload)));
            Rc::new(Given { file: file.clone(), line, values: values.collect() })
        };
        let rows: Vec<_> = users(payload, table.rows).into_iter().map(given).collect();
        ensure!(!rows.is_empty(), "{} has no rows", payload.file.display());
        Ok(Self { order: payload.order, rows })
    }
}

impl Given {
    /// Whether it is nothing but the names of the columns.
    pub(super) fn is_header(&self) -> bool {
        self.values.iter().all(|(name, value)| value.as_str() == Some(&**name))
    }

    pub(super) fn value(&self, name: &str) -> Option<&Json> {
        self.values.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }
}

/// The file as it is.
pub(super) fn table(payload: &Payload) -> Result<Table> {
    let file = payload.file.display();
    let size = fs::metadata(&payload.file).with_context(|| format!("{file} cannot be read"))?;
    ensure!(size.len() <= LONGEST_FILE, "{file} is longer than {LONGEST_FILE} bytes");
    let text = fs::read_to_string(&payload.file);
    let text = text.with_context(|| format!("{file} cannot be read"))?;
    Ok(Table::parse(&text, payload.delimiter))
}

/// The rows that are given to journeys: what is skipped is the first line, whatever it says.
pub(super) fn users(payload: &Payload, mut rows: Vec<Row>) -> Vec<Row> {
    if payload.skips_header && rows.first().is_some_and(|row| row.line == 1) {
        rows.remove(0);
    }
    rows
}

/// What reads as a number becomes one, as Artillery has it: `0812` is 812.
pub(super) fn cast(cell: &str, payload: &Payload) -> Json {
    let is_number = payload.casts
        && cell.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && cell.ends_with(|last: char| last.is_ascii_digit() || last == '.');
    let number = is_number.then(|| {
        let whole = cell.strip_prefix('+').unwrap_or(cell).parse::<i64>().ok().map(Json::from);
        let number = || cell.parse::<f64>().ok().filter(|number| number.is_finite());
        whole.or_else(|| number().map(json_number))
    });
    number.flatten().unwrap_or_else(|| Json::from(cell))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;
    use tempfile::TempDir;

    use super::{Data, Payload, cast};
    use crate::load::scenario::Order;

    fn payload(text: &str, skips_header: bool) -> (Payload, TempDir) {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("users.csv");
        fs::write(&file, text).unwrap();
        let fields = vec!["email".to_owned(), "age".to_owned()];
        let (named, order) = ("users.csv".to_owned(), Order::Random);
        let (delimiter, casts) = (',', true);
        let payload =
            Payload { line: 1, named, file, fields, skips_header, delimiter, order, casts };
        (payload, folder)
    }

    #[test]
    fn a_header_is_a_row_like_any_other_unless_it_is_skipped() {
        let text = "email,age\na@b.example,30\n";
        let lines = |skips| {
            let (payload, _folder) = payload(text, skips);
            let data = Data::read(&payload).unwrap();
            data.rows.iter().map(|row| row.line).collect::<Vec<_>>()
        };

        assert_eq!((lines(false), lines(true)), (vec![1, 2], vec![2]));
    }

    #[test]
    fn a_row_knows_its_values_by_name() {
        let (payload, _folder) = payload("a@b.example,30,more\nc@d.example\n", false);

        let data = Data::read(&payload).unwrap();

        assert_eq!(data.rows[0].value("age"), Some(&json!(30)));
        assert_eq!(data.rows[1].value("age"), None);
        assert_eq!(data.rows[0].value("name"), None);
    }

    #[test]
    fn a_file_without_rows_is_refused() {
        for text in ["", "email,age\n"] {
            let (payload, _folder) = payload(text, true);
            assert!(Data::read(&payload).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_reads_as_a_number_is_one() {
        let (payload, _folder) = payload("", false);
        let read = |cell| cast(cell, &payload);

        let cells = ["7", "0812", "+5", "-1.5", "1e3", "inf", "a1", "1a", "", "2569-01"].map(read);

        let is = json!([7, 812, 5, -1.5, 1000, "inf", "a1", "1a", "", "2569-01"]);
        assert_eq!(json!(cells), is);
    }
}

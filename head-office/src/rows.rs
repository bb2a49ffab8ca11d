//! Rows of one table, gathered column by column and written by one statement: what a page of five hundred sales
//! costs is the rows, not the round trips.

/// Makes a struct of a row and one of many, with `push` and `insert`. Dates, exact numbers and JSON travel as text.
macro_rules! rows {
    ($row:ident, $rows:ident, $table:literal, $after:literal, { $($column:ident: $type:ty = $sql:literal,)* }) => {
        pub(crate) struct $row {
            $(pub(crate) $column: $type,)*
        }

        #[derive(Default)]
        pub(crate) struct $rows {
            $($column: Vec<$type>,)*
        }

        impl $rows {
            pub(crate) fn push(&mut self, row: $row) {
                $(self.$column.push(row.$column);)*
            }

            /// Writes them all for one tenant; answers what the statement returns, if it does.
            pub(crate) async fn insert(
                self,
                db: &mut sqlx::PgConnection,
                tenant: &str,
            ) -> crate::error::Result<Vec<sqlx::postgres::PgRow>> {
                static SQL: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                    crate::rows::insert($table, &[$((stringify!($column), $sql)),*], $after)
                });
                if [$(self.$column.is_empty()),*].contains(&true) {
                    return Ok(Vec::new());
                }
                let query = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(tenant);
                $(let query = query.bind(self.$column);)*
                Ok(query.fetch_all(db).await?)
            }
        }
    };
}

pub(crate) use rows;

/// The statement that writes arrays of columns as rows of `$1`, with what follows behind it.
pub(crate) fn insert(table: &str, columns: &[(&str, &str)], after: &str) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let array = |(place, (_, sql)): (usize, &(&str, &str))| {
        let sql = if matches!(*sql, "date" | "numeric" | "jsonb") { "text" } else { sql };
        format!("${}::{sql}[]", place + 2)
    };
    let arrays: Vec<String> = columns.iter().enumerate().map(array).collect();
    let cast = |(name, sql): &(&str, &str)| format!("{name}::{sql}");
    let casts: Vec<String> = columns.iter().map(cast).collect();
    format!(
        "INSERT INTO {table} (tenant_id, {names}) SELECT $1, {} FROM unnest({}) AS given ({names}) {after}",
        casts.join(", "),
        arrays.join(", "),
    )
}

/// Words as PostgreSQL can hold them: it has no place for the character of number 0.
pub(crate) fn words(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_by_one_statement() {
        assert_eq!(
            insert("sale", &[("day", "date"), ("total", "bigint")], "ON CONFLICT DO NOTHING"),
            "INSERT INTO sale (tenant_id, day, total) SELECT $1, day::date, total::bigint \
             FROM unnest($2::text[], $3::bigint[]) AS given (day, total) ON CONFLICT DO NOTHING"
        );
        assert_eq!(words("a\0b"), "a\u{fffd}b");
    }
}

use super::*;

fn row(order: u64, day: i32, amount_minor: i64) -> OrderRow {
    OrderRow { contact: 0, order, day, amount_minor, is_completed: amount_minor >= 0 }
}

fn book(rows: &[OrderRow]) -> OrderBook {
    OrderBook::new(vec!["a".to_owned()], rows)
}

#[test]
fn orders_of_a_day_are_one_purchase_whatever_their_order() {
    let rows = [row(3, 20, 300), row(1, 10, 100), row(2, 10, 50)];
    let days = book(&rows).until(30);
    assert_eq!((days.days(0), days.minor(0)), (&[10, 20][..], &[150, 300][..]));
    let history = days.history(0, 1.0).unwrap();
    assert_eq!((history.repeats, history.age_at_last, history.age), (1, 10.0, 20.0));
    assert_eq!(days.spending(0, 100.0).mean_value, 3.0);
    let weeks = days.history(0, 7.0).unwrap();
    assert_eq!(weeks.age_at_last, 10.0 / 7.0);
}

#[test]
fn a_refund_counts_from_its_own_day_against_the_order_that_it_names() {
    let rows = [row(1, 10, 100), row(2, 20, 300), row(1, 25, -100)];
    assert_eq!(book(&rows).until(24).days(0), [10, 20]);
    let later = book(&rows).until(25);
    assert_eq!((later.days(0), later.minor(0)), (&[20][..], &[300][..]));
}

#[test]
fn a_refund_without_an_order_is_taken_off_the_latest_purchases() {
    let rows = [row(1, 10, 100), row(2, 20, 300), row(9, 25, -350), row(3, 30, 70)];
    let days = book(&rows).until(40);
    assert_eq!((days.days(0), days.minor(0)), (&[10, 30][..], &[50, 70][..]));
    // More than was ever bought: nothing is left, and nothing is below zero.
    let rows = [row(1, 10, 100), row(9, 25, -350)];
    assert!(book(&rows).until(40).history(0, 1.0).is_none());
}

#[test]
fn an_order_of_no_value_is_a_purchase_and_one_not_completed_is_none() {
    let pending = OrderRow { is_completed: false, ..row(5, 12, 900) };
    let days = book(&[row(1, 10, 0), pending]).until(40);
    assert_eq!(days.days(0), [10]);
}

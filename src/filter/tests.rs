use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::proto::schema::{
    JsonArray, LongArray, template_array_value::Data as List, template_value::Val,
};

#[test]
fn values_cannot_change_the_expression() {
    let filter = Filter::new(r#"name == {name} and note != "{name} \" {name}" and n in {n}"#)
        .bind("name", r#"x" or 1 == 1 or "" == "{n}"#)
        .bind("n", [1, 2]);
    assert_eq!(
        filter.inlined().to_string(),
        r#"name == "x\" or 1 == 1 or \"\" == \"{n}" and note != "{name} \" {name}" and n in [1, 2]"#
    );
    assert!(!format!("{filter:?}").contains("or 1"), "{filter:?}");
}

#[test]
fn names_without_a_value_are_kept() {
    let filter = Filter::new("a > {a} and b == {b").bind("c", true);
    assert_eq!(filter.inlined().to_string(), "a > {a} and b == {b");
    assert_eq!(
        filter.and_first("id > 3").text(),
        "id > 3 and (a > {a} and b == {b)"
    );
    assert_eq!(Filter::new(" ").and_first("id > 3").text(), "id > 3");
}

#[test]
fn integers_that_milvus_would_round_are_refused() {
    let id = |value: Bound| Filter::new("id == {id}").bind("id", value);
    let (most, more) = (i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() + 1);
    for support in [
        TemplateSupport::Native,
        TemplateSupport::Inline,
        TemplateSupport::InlineSingleLine,
    ] {
        assert!(id(most.into()).for_server(support).is_ok());
        assert!(id([3_usize, 4].into()).for_server(support).is_ok());
        let objects = serde_json::json!([{ "a": more }]);
        for large in [more.into(), [1, more].into(), objects.into()] {
            let why = id(large).for_server(support).unwrap_err();
            let text = "the value bound to {id} in the filter is or contains an integer above 9223372036854775807";
            assert!(why.starts_with(text), "{why}");
        }
    }
}

#[test]
fn values_are_sent_separately_only_to_servers_that_bind_them() {
    let filter = Filter::new("id == {id}").bind("id", 3);
    assert_eq!(
        filter.clone().for_server(TemplateSupport::Native),
        Ok(filter.clone())
    );
    for support in [TemplateSupport::Inline, TemplateSupport::InlineSingleLine] {
        assert_eq!(
            filter.clone().for_server(support),
            Ok(Filter::new("id == 3"))
        );
        let nameless = Filter::new("id == 3").bind("id", 4);
        assert_eq!(nameless.for_server(support), Ok(Filter::new("id == 3")));
    }
    let bytes = Bound::from(bytes::Bytes::from_static(b"MRB1"));
    for null in [Bound::from(serde_json::Value::Null), bytes] {
        let filter = Filter::new("id == {id}").bind("id", null);
        assert!(filter.clone().for_server(TemplateSupport::Native).is_ok());
        let why = filter.for_server(TemplateSupport::Inline).unwrap_err();
        assert!(why.starts_with("the value bound to {id}"), "{why}");
    }
}

#[test]
fn nan_and_infinity_are_refused() {
    for value in [
        Bound::from(f64::NAN),
        f32::NEG_INFINITY.into(),
        [0.5, f64::INFINITY].into(),
        vec![f32::NAN].into(),
        (&[f64::NAN][..]).into(),
    ] {
        for support in [
            TemplateSupport::Native,
            TemplateSupport::Inline,
            TemplateSupport::InlineLiterals,
        ] {
            let filter = Filter::new("a > {a}").bind("a", value.clone());
            let why = filter.for_server(support).unwrap_err();
            let text = "the value bound to {a} in the filter is or contains NaN or infinity";
            assert!(why.starts_with(text), "{why}");
        }
    }
}

#[test]
fn integers_in_lists_with_floats_are_not_rounded() {
    let sent = |value: serde_json::Value| {
        let filter = Filter::new("a in {a}").bind("a", value);
        match filter.values()["a"].val.clone() {
            Some(Val::ArrayVal(list)) => list.data.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let json = |texts: &[&'static str]| {
        let data = texts.iter().map(|text| text.as_bytes().into()).collect();
        List::JsonData(JsonArray { data })
    };
    for (list, wanted) in [
        (
            json!([9_007_199_254_740_993_i64, 0.5]),
            json(&["9007199254740993", "0.5"]),
        ),
        (
            json!([1e300, i64::MIN, -0.0]),
            json(&["1e+300", "-9223372036854775808", "-0.0"]),
        ),
        (json!([1, true]), json(&["1", "true"])),
        (json!([1, "1"]), json(&["1", "\"1\""])),
    ] {
        assert_eq!(sent(list), wanted);
    }
    let doubles = [0.1, 5e-324, f64::MAX];
    assert_eq!(
        sent(json!(doubles)),
        List::DoubleData(doubles.to_vec().into())
    );
    let longs = vec![i64::MIN, i64::MAX];
    assert_eq!(
        sent(json!(longs.clone())),
        List::LongData(LongArray { data: longs })
    );
    // Nested lists, too.
    let List::ArrayData(nested) = sent(json!([[9_007_199_254_740_993_i64, 0.5], [1]])) else {
        panic!("no lists");
    };
    let nested: Vec<_> = nested.data.into_iter().map(|list| list.data).collect();
    let mixed = json(&["9007199254740993", "0.5"]);
    let whole = List::LongData(LongArray { data: vec![1] });
    assert_eq!(nested, [Some(mixed), Some(whole)]);
}

#[test]
fn the_literal_of_the_smallest_integer_fits_the_server() {
    let difference = "(-9223372036854775807 - 1)";
    let ids = [Id::Int(i64::MIN), Id::Int(3)];
    let all = Filter::new("n > {key_0}").bind("key_0", 5);
    for (filter, text) in [
        (Filter::ids("pk", &ids), "pk in [MIN, 3]"),
        (Filter::ids("pk", &ids[1..]), "pk in [3]"),
        (
            all.without_ids("pk", &ids),
            "pk not in [MIN, 3] and (n > 5)",
        ),
        (all.after_id("pk", &ids[0]), "pk > MIN and (n > 5)"),
        (
            all.since_id("pk", &ids[0]).without_ids("pk", &ids),
            "pk not in [MIN, 3] and (pk >= MIN and (n > 5))",
        ),
        (
            Filter::new("a == {a} or b in {b}")
                .bind("a", i64::MIN)
                .bind("b", json!([[i64::MIN], 1])),
            "a == MIN or b in [[MIN], 1]",
        ),
    ] {
        let written = |support| filter.clone().for_server(support).unwrap();
        for (support, spelled) in [
            (TemplateSupport::Inline, difference),
            (TemplateSupport::InlineSingleLine, difference),
            (TemplateSupport::InlineLiterals, "-9223372036854775808"),
        ] {
            let expected = text.replace("MIN", spelled);
            assert_eq!(written(support), Filter::new(expected), "{support:?}");
        }
        assert_eq!(filter.inlined().text(), text.replace("MIN", difference));
        // Sent separately, it is a number like all others.
        let apart = written(TemplateSupport::Native);
        assert!(!apart.text().contains("9223372036854775808"), "{apart}");
    }
}

proptest! {
    /// The digits represent exactly this number.
    #[test]
    fn floats_are_written_with_all_their_digits(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        let written = Filter::new("{a}").bind("a", number).inlined();
        let back: f64 = written.text().parse().unwrap();
        prop_assert_eq!(back.to_bits(), bits);
    }
}

#[test]
fn a_name_without_a_value_is_refused_for_servers_that_do_not_bind_values() {
    for unbound in ["year == {year}", "a in {a} and year in { year }"] {
        let filter = Filter::new(unbound).bind("a", [1]);
        assert!(filter.clone().for_server(TemplateSupport::Native).is_ok());
        let why = filter.for_server(TemplateSupport::Inline).unwrap_err();
        assert!(why.contains("{year}"), "{why}");
    }
    for none in ["a == '{year}'", "a == {", "a == {\"b\": 3}", "a == {}"] {
        let filter = Filter::new(none).for_server(TemplateSupport::InlineSingleLine);
        assert_eq!(filter.unwrap().text(), none);
    }
}

#[test]
fn a_line_break_is_refused_for_milvus_lite_2_5() {
    let key = Id::from("a\nb");
    let all = Filter::new("n > 3");
    let filters = [
        Filter::new("t == {t}").bind("t", "a\nb"),
        Filter::new("t in {t}").bind("t", ["a", "b\r"]),
        Filter::ids("pk", std::slice::from_ref(&key)),
        all.without_ids("pk", std::slice::from_ref(&key)),
        all.after_id("pk", &key).after_id("pk", &Id::from("c")),
    ];
    for filter in filters {
        let why = filter
            .clone()
            .for_server(TemplateSupport::InlineSingleLine)
            .unwrap_err();
        assert!(why.contains("contains a line break"), "{why}");
        let inlined = filter
            .inlined()
            .for_server(TemplateSupport::InlineSingleLine);
        assert!(inlined.is_err());
        let text = filter.for_server(TemplateSupport::Inline).unwrap();
        assert!(
            text.text().contains("\\n") || text.text().contains("\\r"),
            "{text}"
        );
    }
}

#[test]
fn control_characters_are_not_escaped() {
    let ids = [Id::from("\u{1}\t\r\n\u{7f}")];
    assert_eq!(
        Filter::ids("pk", &ids).text(),
        "pk in [\"\u{1}\t\\r\\n\u{7f}\"]"
    );
}

#[test]
fn keys_are_quoted() {
    let ids = [Id::from("a\"b"), Id::from("c\\")];
    assert_eq!(Filter::ids("pk", &ids).text(), r#"pk in ["a\"b", "c\\"]"#);
}

#[test]
fn a_list_of_keys_is_recognised() {
    for (text, is_list) in [
        ("id in [1, 2]", true),
        (" (id  IN[1])", true),
        ("id not in [1]", false),
        ("id == 1", false),
        ("index > 1", false),
        ("", false),
    ] {
        assert_eq!(Filter::new(text).is_list(), is_list, "{text}");
    }
    let repeated = Filter::new("id in [1]").repeated();
    assert_eq!(repeated.text(), "(id in [1]) and (id in [1])");
}

#[test]
fn the_text_of_text_and_phrase_matches_is_quoted() {
    let text = "\") or id > 0 or (\"\" == \"{id}";
    let filter = Filter::text_match("t", text) & Filter::phrase_match("t", "a\nb", 2);
    let written =
        r#"text_match(t, "\") or id > 0 or (\"\" == \"{id}") and phrase_match(t, "a\nb", 2)"#;
    for support in [TemplateSupport::Native, TemplateSupport::Inline] {
        let filter = filter.clone().for_server(support).unwrap();
        assert_eq!(filter.text(), written);
    }
    let why = filter.clone().for_server(TemplateSupport::InlineSingleLine);
    assert!(why.unwrap_err().contains("line break"));
    assert!(!format!("{filter:?}").contains("id > 0"));
}

#[test]
fn lists_sets_and_iterators_of_values_are_equal() {
    let list = Filter::is_in("id", [1_i64, 2]);
    let set = std::collections::BTreeSet::from([1_i64, 2]);
    assert_eq!(Filter::is_in("id", &set), list);
    assert_eq!(Filter::is_in("id", set.iter().copied()), list);
    assert_eq!(Filter::is_in("id", json!([1, 2])), list);
    let ids = vec![1_i64, 2];
    assert_eq!(Filter::is_in("id", &ids), Filter::is_in("id", ids));
    assert_eq!(Filter::is_in("id", [Id::Int(1), Id::Int(2)].iter()), list);
    let none = Filter::is_in("id", set.iter().filter(|id| **id > 2));
    assert!(none.matches_nothing());
    let bytes = Filter::is_in("id", [bytes::Bytes::from_static(b"MRB1")]);
    let why = bytes.for_server(TemplateSupport::Native).unwrap_err();
    assert!(why.ends_with("bytes in a list: bind them alone"), "{why}");
}

#[test]
fn conditions_are_added_in_place() {
    let mut filter = Filter::default();
    for number in &[1_i64, 2] {
        filter &= Filter::ne("a", number);
    }
    filter &= None::<Filter>;
    filter |= Filter::eq("b", std::borrow::Cow::Borrowed("x"));
    assert_eq!(
        filter.inlined().to_string(),
        r#"(a != 1 and a != 2) or b == "x""#
    );
}

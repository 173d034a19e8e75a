//! For each argument, this client sends the same request as pymilvus 3.0.2. Both are connected to one fake Milvus,
//! which records requests.

mod both;
mod operations;
mod others;
mod pages;
mod rows;

use milvus_otel::{
    Client, Consistency, Filter, Metric,
    filter::Bound,
    ops::Search,
    schema::{DecayFunction, Function},
    search::{
        AggregationMetric, CombineMode, FunctionChain, FunctionChainExpr, FunctionChainOp,
        FunctionChainStage, FunctionScore, JsonType, LexicalHighlighter, Order, ScoreMode,
        SearchAggregation, SemanticHighlighter, TopHits, XgboostOutput,
    },
};
use serde_json::json;

use both::{Both, search};

type Ours = fn(&Client) -> Search;

/// Code for pymilvus, and its counterpart here.
const SEARCHES: [(&str, Ours); 12] = [
    (
        "client.search('books', [[0.5, 0.25]], anns_field='v', limit=7, filter='id > {id} and t in {t}', \
         filter_params={'id': 3, 't': ['a', 'b\"']}, output_fields=['title'], partition_names=['a'], offset=2, \
         search_params={'metric_type': 'L2', 'params': {'ef': 64, 'radius': 0.5, 'range_filter': 0.25}}, \
         round_decimal=2, ignore_growing=True, namespace='n', consistency_level='Strong')",
        |client| {
            let filter = Filter::new("id > {id} and t in {t}").bind("id", 3);
            plain(client)
                .field("v")
                .limit(7)
                .filter(filter.bind("t", ["a", "b\""]))
                .output(["title"])
                .partitions(["a"])
                .offset(2)
                .metric(Metric::L2)
                .ef(64)
                .radius(0.5)
                .range_filter(0.25)
                .round_decimals(2)
                .ignore_growing(true)
                .namespace("n")
                .consistency(Consistency::Strong)
        },
    ),
    (
        "client.search('books', [[0.5, 0.25]], group_by_field='meta', group_size=3, strict_group_size=True, \
         json_path='/author', json_type=DataType.INT64, strict_cast=True, consistency_level='Bounded')",
        |client| {
            plain(client)
                .group_by("meta")
                .group_size(3)
                .strict_group_size(true)
                .json_path("/author")
                .json_type(JsonType::Int64)
                .strict_cast(true)
                .consistency(Consistency::Bounded)
        },
    ),
    (
        "client.session('west').search('books', [[0.5, 0.25]], group_by_fields=['author', 'year'], \
         order_by_fields=[{'field': 'year', 'order': 'desc'}, {'field': 'title'}])",
        |client| {
            plain(client)
                .cluster("west")
                .group_by_fields(["author", "year"])
                .order_by([("year", Order::Descending), ("title", Order::Ascending)])
        },
    ),
    (
        "client.search('books', ['words'], page_retain_order=True, timezone='Europe/Berlin', time_fields='year,month', \
         search_params={'hints': 'iterative_filter', 'analyzer_name': 'english', 'params': {'nprobe': 8}}, \
         guarantee_timestamp=42, consistency_level='Customized')",
        |client| {
            client
                .search("books", "words")
                .page_retain_order(true)
                .timezone("Europe/Berlin")
                .time_fields(["year", "month"])
                .hints("iterative_filter")
                .analyzer_name("english")
                .nprobe(8)
                .guarantee_timestamp(42)
        },
    ),
    (
        "client.search('books', [[0.5, 0.25]], ranker=Function('fresh', FunctionType.RERANK, ['year'], params={ \
         'reranker': 'decay', 'function': 'gauss', 'origin': 2024, 'scale': 10, 'decay': 0.25}))",
        |client| {
            let fresh = Function::decay("fresh", "year", DecayFunction::Gaussian, 2024, 10);
            plain(client).ranker(fresh.parameter("decay", "0.25"))
        },
    ),
    (
        "client.search('books', [[0.5, 0.25]], ranker=FunctionScore([ \
         Function('a', FunctionType.RERANK, [], params={'reranker': 'boost', 'weight': 1.5, 'filter': 'year > 3'}), \
         Function('b', FunctionType.RERANK, [], params={'reranker': 'boost', 'weight': 0.5, \
         'random_score': {'seed': 1, 'field': 'id'}})], params={'boost_mode': 'Sum', 'function_mode': 'Multiply'}))",
        |client| {
            let random = json!({ "seed": 1, "field": "id" }).to_string();
            let score = FunctionScore::new([
                Function::boost("a", 1.5).parameter("filter", "year > 3"),
                Function::boost("b", 0.5).parameter("random_score", random),
            ]);
            plain(client).ranker(
                score
                    .boost_mode(ScoreMode::Sum)
                    .function_mode(ScoreMode::Multiply),
            )
        },
    ),
    (
        "client.search('books', [[0.5, 0.25]], ranker=Function('m', FunctionType.RERANK, ['text'], params={ \
         'reranker': 'model', 'provider': 'tei', 'queries': ['größe', 'b'], 'endpoint': 'http://tei'}))",
        |client| {
            let model = Function::model_ranker("m", "text", "tei", ["größe", "b"]);
            plain(client).ranker(model.parameter("endpoint", "http://tei"))
        },
    ),
    (
        "words = LexicalHighlighter(pre_tags=['<b>', '<i>'], post_tags=['</b>', '</i>'], fragment_offset=1, \
         fragment_size=60, num_of_fragments=2, highlight_search_text=False)\n\
         words.with_query('text', 'sand \"worm\"', 'TextMatch')\n\
         words.with_query('title', 'dune', 'TextMatch')\n\
         client.search('books', ['words'], highlighter=words)",
        |client| {
            let words = LexicalHighlighter::new()
                .pre_tags(["<b>", "<i>"])
                .post_tags(["</b>", "</i>"])
                .fragment_offset(1)
                .fragment_size(60)
                .num_of_fragments(2)
                .highlight_search_text(false)
                .query("text", "sand \"worm\"", "TextMatch")
                .query("title", "dune", "TextMatch");
            client.search("books", "words").highlighter(words)
        },
    ),
    (
        "client.search('books', ['words'], highlighter=SemanticHighlighter(['sand', 'ü'], ['text'], pre_tags=['<b>'], \
         post_tags=['</b>'], threshold=0.5, highlight_only=True, model_deployment_id='m', max_client_batch_size=8))",
        |client| {
            let parts = SemanticHighlighter::new(["sand", "ü"], ["text"])
                .pre_tags(["<b>"])
                .post_tags(["</b>"])
                .threshold(0.5)
                .highlight_only(true)
                .model_deployment_id("m")
                .max_client_batch_size(8);
            client.search("books", "words").highlighter(parts)
        },
    ),
    (
        "chain = (FunctionChain(FunctionChainStage.L2_RERANK, name='fresh')\
         .map('fresh', fn.decay(col('year'), function='exp', origin=1700000000, scale=86400, offset=5, decay=0.25))\
         .map('$score', fn.num_combine(col('$score'), col('fresh'), mode='weighted', weights=[0.75, 0.25]))\
         .map('$score', fn.round_decimal(col('$score'), decimal=4))\
         .sort(col('$score'), desc=True, tie_break_col=col('$id')).limit(10, offset=2))\n\
         client.search('books', [[0.5, 0.25]], function_chains=chain)",
        |client| {
            let fresh =
                FunctionChainExpr::decay("year", DecayFunction::Exponential, 1_700_000_000, 86_400);
            let weights = CombineMode::Weighted(vec![0.75, 0.25]);
            let chain = FunctionChain::new(FunctionChainStage::L2Rerank)
                .name("fresh")
                .map(
                    "fresh",
                    fresh.parameter("offset", 5).parameter("decay", 0.25),
                )
                .map(
                    "$score",
                    FunctionChainExpr::num_combine(["$score", "fresh"], weights),
                )
                .map("$score", FunctionChainExpr::round_decimal("$score", 4))
                .sort_with_tie_break("$score", Order::Descending, "$id")
                .limit(10, 2);
            plain(client).function_chains([chain])
        },
    ),
    (
        "from pymilvus.function_chain.chain import FunctionChainExpr, FunctionChainOp\n\
         a = FunctionChain(FunctionChainStage.L0_RERANK)\
         .map('x', fn.xgboost(col('price'), col('sold'), model_resource='m', output='raw'))\
         .map('y', fn.rerank_model(col('text'), queries=['q'], provider='tei', truncate=True, top={'k': [1, 2.5]}))\
         .sort('x', desc=False)\n\
         b = FunctionChain(FunctionChainStage.POST_PROCESS)\n\
         b._ops.append(FunctionChainOp('odd', FunctionChainExpr('f', (col('x'), 3, b'\\x01', 'w', [True])), \
         ('x',), ('z',), {'p': 1}))\n\
         client.search('books', [[0.5, 0.25]], function_chains=[a, b])",
        |client| {
            let model = FunctionChainExpr::rerank_model("text", ["q"])
                .parameter("provider", "tei")
                .parameter("truncate", true)
                .parameter("top", json!({ "k": [1, 2.5] }));
            let features = ["price", "sold"];
            let a = FunctionChain::new(FunctionChainStage::L0Rerank)
                .map(
                    "x",
                    FunctionChainExpr::xgboost(features, "m", XgboostOutput::Raw),
                )
                .map("y", model)
                .sort("x", Order::Ascending);
            let odd = FunctionChainExpr::new("f")
                .column("x")
                .literal(3)
                .literal(bytes::Bytes::from_static(&[1]))
                .literal("w")
                .literal(vec![true]);
            let odd = FunctionChainOp::new("odd").expression(odd).inputs(["x"]);
            let b = FunctionChain::new(FunctionChainStage::PostProcess)
                .operation(odd.outputs(["z"]).parameter("p", 1));
            plain(client).function_chains([a, b])
        },
    ),
    (
        "client.search('books', [[0.5, 0.25]], filter='a == {a} or b in {b} or c in {c} or d == {d} or f(e, {e})', \
         filter_params={'e': b'MRB1', 'a': 1.5, 'b': [1.5, 2.5], 'c': [True, False], 'd': True}, consistency_level='Eventually')",
        |client| {
            let template = "a == {a} or b in {b} or c in {c} or d == {d} or f(e, {e})";
            let filter = Filter::new(template)
                .bind("e", bytes::Bytes::from_static(b"MRB1"))
                .bind("a", 1.5)
                .bind("b", [1.5, 2.5])
                .bind("c", Bound::from([true, false]))
                .bind("d", true);
            plain(client)
                .filter(filter)
                .consistency(Consistency::Eventually)
        },
    ),
];

fn plain(client: &Client) -> Search {
    client.search("books", [0.5, 0.25])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn searches_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    for (python, ours) in SEARCHES {
        let theirs = search(both.sent_by("Search", python));
        ours(&both.client).await.unwrap();
        assert_eq!(search(both.last("Search")), theirs, "{python}");
    }

    let python = "client.search('books', ids=[1, 2])";
    let theirs = search(both.sent_by("Search", python));
    both.client.search_by_ids("books", [1, 2]).await.unwrap();
    assert_eq!(search(both.last("Search")), theirs, "{python}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_aggregation_is_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let python = "client.search('books', [[0.5, 0.25]], search_aggregation=SearchAggregation(['brand', 'year'], 10, \
        metrics={'a': {'avg': 'stars'}, 'b': {'sum': 'stars'}, 'c': {'count': '*'}, 'd': {'min': 'x'}, 'e': {'max': 'x'}}, \
        order=[{'a': 'desc'}, {'_count': 'asc'}, {'_key': 'asc'}], \
        top_hits=TopHits(3, [{'_score': 'desc'}, {'year': 'asc'}]), \
        sub_aggregation=SearchAggregation(['color'], 2)))";
    let theirs = search(both.sent_by("Search", python));
    let ours = SearchAggregation::new(["brand", "year"], 10)
        .metric("a", AggregationMetric::Average, "stars")
        .metric("b", AggregationMetric::Sum, "stars")
        .metric("c", AggregationMetric::Count, "*")
        .metric("d", AggregationMetric::Min, "x")
        .metric("e", AggregationMetric::Max, "x")
        .order("a", Order::Descending)
        .order("_count", Order::Ascending)
        .order("_key", Order::Ascending)
        .top_hits(
            TopHits::new(3)
                .sort("_score", Order::Descending)
                .sort("year", Order::Ascending),
        )
        .sub_aggregation(SearchAggregation::new(["color"], 2));
    plain(&both.client).search_aggregation(&ours).await.unwrap();
    assert_eq!(search(both.last("Search")), theirs);
}

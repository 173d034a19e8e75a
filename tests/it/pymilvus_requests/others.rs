//! Hybrid searches, queries, deletes and collections.

use milvus_otel::ops::SubSearch;
use milvus_otel::proto::milvus::{CreateCollectionRequest, DeleteRequest};
use milvus_otel::proto::schema::CollectionSchema;
use milvus_otel::{
    Consistency, Field, Filter, Metric, Schema,
    schema::Function,
    search::{GroupScorer, Order, Ranker},
};
use prost::Message;

use super::both::{Both, Parameters, hybrid, parameters, query};

const SUBS: &str = "subs = [AnnSearchRequest([[0.5, 0.25]], 'v', {'metric_type': 'L2', 'params': {'ef': 9}}, 5, \
                    expr='id > {id}', expr_params={'id': 3}), \
                    AnnSearchRequest(['words'], 'w', {'hints': 'iterative_filter', 'analyzer_name': 'english'}, 30)]\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hybrid_searches_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    let subs = || {
        let first = SubSearch::new("v", [0.5, 0.25]).metric(Metric::L2).ef(9);
        let filter = Filter::new("id > {id}").bind("id", 3);
        let second = SubSearch::new("w", "words").hints("iterative_filter");
        client
            .hybrid_search("books")
            .search(first.filter(filter).limit(5))
            .search(second.analyzer_name("english").limit(30))
    };

    let python = "client.hybrid_search('books', subs, WeightedRanker(0.25, 0.75), 7, ['title'], partition_names=['a'], \
                  offset=2, group_by_field='author', group_size=2, strict_group_size=False, \
                  rank_group_scorer='sum', round_decimal=3, namespace='n', ignore_growing=True, \
                  consistency_level='Bounded')";
    let theirs = hybrid(both.sent_by("HybridSearch", &format!("{SUBS}{python}")));
    let ours = subs()
        .ranker(Ranker::weighted([0.25, 0.75]))
        .limit(7)
        .output(["title"])
        .partitions(["a"])
        .offset(2)
        .group_by("author")
        .group_size(2)
        .strict_group_size(false)
        .rank_group_scorer(GroupScorer::Sum)
        .round_decimals(3)
        .namespace("n")
        .ignore_growing(true)
        .consistency(Consistency::Bounded);
    ours.await.unwrap();
    assert_eq!(hybrid(both.last("HybridSearch")), theirs);

    let python = "client.session('west').hybrid_search('books', subs, RRFRanker(60.5))";
    let theirs = hybrid(both.sent_by("HybridSearch", &format!("{SUBS}{python}")));
    let ours = subs().ranker(Ranker::rrf(60.5)).cluster("west");
    ours.await.unwrap();
    assert_eq!(hybrid(both.last("HybridSearch")), theirs);

    let rankers = [
        ("{'reranker': 'rrf', 'k': 100}", Function::rrf("merge", 100)),
        (
            "{'reranker': 'weighted', 'weights': [0.25, 0.75], 'norm_score': True}",
            Function::weighted("merge", [0.25, 0.75], true),
        ),
    ];
    for (parameters, function) in rankers {
        let python = format!(
            "{SUBS}client.hybrid_search('books', subs, Function('merge', FunctionType.RERANK, [], params={parameters}))"
        );
        let theirs = hybrid(both.sent_by("HybridSearch", &python));
        subs().ranker(function).await.unwrap();
        assert_eq!(hybrid(both.last("HybridSearch")), theirs, "{python}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn queries_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    let python = "client.session('west').query('books', 'id > {id}', ['title'], partition_names=['a'], limit=5, offset=2, \
                  filter_params={'id': 3}, order_by_fields=[{'field': 'year', 'order': 'desc'}, {'field': 'id'}], \
                  timezone='Europe/Berlin', time_fields='year,month', group_by_fields=['title'], namespace='n', \
                  ignore_growing=True, consistency_level='Session')";
    let theirs = query(both.sent_by("Query", python));
    let ours = client
        .query("books")
        .filter(Filter::new("id > {id}").bind("id", 3))
        .output(["title"])
        .partitions(["a"])
        .limit(5)
        .offset(2)
        .order_by([("year", Order::Descending), ("id", Order::Ascending)])
        .timezone("Europe/Berlin")
        .time_fields(["year", "month"])
        .group_by(["title"])
        .namespace("n")
        .cluster("west")
        .ignore_growing(true)
        .consistency(Consistency::Session);
    ours.await.unwrap();
    assert_eq!(query(both.last("Query")), theirs);

    let python = "client.get('books', [1, 2], ['title'])";
    let theirs = query(both.sent_by("Query", python));
    client.get("books", [1, 2]).output(["title"]).await.unwrap();
    let ours = query(both.last("Query"));
    assert_eq!(ours.0.expr.replace(' ', ""), theirs.0.expr.replace(' ', ""));
    assert_eq!(ours.1, theirs.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deletes_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    let python =
        "client.delete('books', filter='id == {x}', filter_params={'x': 3}, partition_name='a')";
    let theirs: DeleteRequest = both.sent_by("Delete", python);
    let filter = Filter::new("id == {x}").bind("x", 3);
    client.delete("books", filter).partition("a").await.unwrap();
    assert_eq!(both.last::<DeleteRequest>("Delete"), theirs);

    let python = "client.delete('books', filter='id == 3', consistency_level='Eventually')";
    let theirs: DeleteRequest = both.sent_by("Delete", python);
    let delete = client.delete("books", "id == 3");
    delete.consistency(Consistency::Eventually).await.unwrap();
    assert_eq!(both.last::<DeleteRequest>("Delete"), theirs);
}

/// The schema and the parameters of a request, normalised.
fn collection(
    mut request: CreateCollectionRequest,
) -> (CreateCollectionRequest, CollectionSchema, Vec<Parameters>) {
    let mut schema = CollectionSchema::decode(std::mem::take(&mut request.schema)).unwrap();
    let fields = schema.fields.iter_mut();
    let all = fields
        .map(|field| parameters(&mut field.type_params))
        .collect();
    (request, schema, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn collections_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    let python = "schema = client.create_schema(enable_namespace=True, enable_dynamic_field=True, description='d')\n\
                  schema.add_field('id', DataType.INT64, is_primary=True)\n\
                  schema.add_field('who', DataType.VARCHAR, max_length=9, is_partition_key=True)\n\
                  schema.add_field('v', DataType.FLOAT_VECTOR, dim=2)\n\
                  client.create_collection('books', schema=schema, num_partitions=3, num_shards=2, \
                  properties={'collection.ttl.seconds': 9}, consistency_level='Session')";
    let theirs = collection(both.sent_by("CreateCollection", python));
    let schema = Schema::builder()
        .namespaces(true)
        .dynamic_fields(true)
        .description("d")
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("who", 9).partition_key())
        .field(Field::float_vector("v", 2));
    client
        .create_collection("books", schema.build().unwrap())
        .partitions(3)
        .shards(2)
        .property("collection.ttl.seconds", 9)
        .consistency(Consistency::Session)
        .await
        .unwrap();
    assert_eq!(collection(both.last("CreateCollection")), theirs);

    let python = "schema = client.create_schema(external_source='s3://b/', external_spec='{\"format\": \"parquet\"}')\n\
                  schema.add_field('v', DataType.FLOAT_VECTOR, dim=2, external_field='vector')\n\
                  client.create_collection('books', schema=schema, num_shards=1)";
    let theirs = collection(both.sent_by("CreateCollection", python));
    let schema = Schema::builder()
        .external_source("s3://b/")
        .external_spec("{\"format\": \"parquet\"}")
        .field(Field::float_vector("v", 2).external_field("vector"));
    client
        .create_collection("books", schema.build().unwrap())
        .await
        .unwrap();
    assert_eq!(collection(both.last("CreateCollection")), theirs);
}

/// Arguments that pymilvus refuses are refused here, too, or ruled out by types.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_clients_refuse_the_same_combinations() {
    use milvus_otel::search::{
        AggregationMetric as Metric, FunctionChain, FunctionChainExpr as Expr,
    };
    use milvus_otel::search::{
        CombineMode, FunctionChainStage, SearchAggregation, TopHits, XgboostOutput,
    };

    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    let search = || client.search("books", [0.5, 0.25]);
    let chain = |expression: Expr| {
        let chain = FunctionChain::new(FunctionChainStage::L2Rerank).map("x", expression);
        search().function_chains([chain]).columns()
    };
    let aggregation = |aggregation: SearchAggregation| search().search_aggregation(&aggregation);
    let brands = || SearchAggregation::new(["brand"], 3);
    let combine = CombineMode::Weighted(vec![0.5]);
    let refused = [
        (
            "search_aggregation=SearchAggregation(['a'], 1), group_by_field='b'",
            search().group_by("b").search_aggregation(&brands()),
            "search_aggregation and group_by_field cannot be combined",
        ),
        (
            "search_aggregation=SearchAggregation(['a'], 1), group_by_fields=['b']",
            search()
                .group_by_fields(["b"])
                .search_aggregation(&brands()),
            "search_aggregation and group_by_fields cannot be combined",
        ),
        (
            "search_aggregation=SearchAggregation([], 1)",
            aggregation(SearchAggregation::new(Vec::<String>::new(), 1)),
            "search_aggregation: it has no field",
        ),
        (
            "search_aggregation=SearchAggregation([\"m['a']\"], 1)",
            aggregation(SearchAggregation::new(["m['a']"], 1)),
            "search_aggregation: \"m['a']\" is a path into JSON",
        ),
        (
            "search_aggregation=SearchAggregation(['a'], 0)",
            aggregation(SearchAggregation::new(["a"], 0)),
            "search_aggregation: size is 0",
        ),
        (
            "search_aggregation=SearchAggregation(['a'], 1, metrics={'s': {'sum': '*'}})",
            aggregation(brands().metric("s", Metric::Sum, "*")),
            "search_aggregation: metric \"s\" is the sum of \"*\"",
        ),
        (
            "search_aggregation=SearchAggregation(['a'], 1, order=[{'s': 'asc'}])",
            aggregation(brands().order("s", true)),
            "search_aggregation: order is by \"s\"",
        ),
        (
            "search_aggregation=SearchAggregation(['a'], 1, sub_aggregation=SearchAggregation(['b'], 1, top_hits=TopHits(0)))",
            aggregation(brands().sub_aggregation(brands().top_hits(TopHits::new(0)))),
            "search_aggregation: the size of top_hits is 0",
        ),
        (
            "order_by_fields=[{'field': ''}]",
            search().order_by([("", true)]).columns(),
            "order_by: a field name is empty",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK), ranker=Function('a', FunctionType.RERANK, [])",
            search()
                .function_chains([FunctionChain::new(FunctionChainStage::L2Rerank)])
                .ranker(Function::rrf("a", 1))
                .columns(),
            "function_chains and ranker cannot be combined",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).limit(0)",
            search()
                .function_chains([FunctionChain::new(FunctionChainStage::L2Rerank).limit(0, 0)])
                .columns(),
            "function_chains: limit is 0",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', fn.num_combine(col('a')))",
            chain(Expr::num_combine(["a"], CombineMode::Sum)),
            "function_chains: map: num_combine: it has 1 columns",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', \
             fn.num_combine(col('a'), col('b'), mode='weighted', weights=[0.5]))",
            chain(Expr::num_combine(["a", "b"], combine)),
            "function_chains: map: num_combine: it has 1 weights for 2 columns",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', fn.round_decimal(col('a'), decimal=7))",
            chain(Expr::round_decimal("a", 7)),
            "function_chains: map: round_decimal: decimal is 7",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', fn.xgboost(model_resource='m'))",
            chain(Expr::xgboost(
                Vec::<String>::new(),
                "m",
                XgboostOutput::Default,
            )),
            "function_chains: map: xgboost: it needs at least one column",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', fn.rerank_model(col('a'), queries=['']))",
            chain(Expr::rerank_model("a", [""])),
            "function_chains: map: rerank_model: queries is empty or contains",
        ),
        (
            "function_chains=FunctionChain(FunctionChainStage.L2_RERANK).map('x', \
             fn.rerank_model(col('a'), queries=['q'], k=None))",
            chain(Expr::rerank_model("a", ["q"]).parameter("k", serde_json::Value::Null)),
            "function_chains: map: rerank_model: k is or contains null",
        ),
    ];
    for (arguments, ours, why) in refused {
        let python = format!("client.search('books', [[0.5, 0.25]], {arguments})");
        let failure = both.run(&python);
        assert!(
            failure.is_some_and(|why| why.contains("ParamError")),
            "{python}"
        );
        let error = ours.await.unwrap_err();
        assert!(error.is_invalid_argument(), "{arguments}: {error}");
        assert!(error.message().starts_with(why), "{arguments}: {error}");
    }
    assert!(both.fake.calls_of("Search").is_empty());

    let none = client.create_collection("books", 2).partitions(0).await;
    assert_eq!(
        none.unwrap_err().message(),
        "partitions is 0: it must be at least 1"
    );
}

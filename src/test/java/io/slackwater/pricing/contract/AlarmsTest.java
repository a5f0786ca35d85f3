package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.PrometheusServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.YamlParserUtils;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The alarms of {@code docker/prometheus}: complete, explained, tried out, and of known metrics.
 */
class AlarmsTest {

    private static final Path FOLDER = Path.of("docker/prometheus");
    private static final Path METRICS = Path.of("docker/metrics.md");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:flink_(?:task|job)manager_|slackwater_)\\w+");
    private static final Pattern LABELS = Pattern.compile("\\{[^}]*}");

    private final Map<String, Object> file = yaml("alarms.yaml");
    private final List<Map<String, Object>> alarms = rules("alert");
    private final List<Map<String, Object>> facts = rules("record");

    @Test
    void promtoolFindsNothingWrongWithRulesAndConfiguration() throws Exception {
        promtool("check", "rules", "alarms.yaml");
        promtool("check", "config", "prometheus.yaml");
    }

    @Test
    void everyAlarmFiresWhenItMustAndNotWhenItMustNot() throws Exception {
        promtool("test", "rules", "alarms.test.yaml");
    }

    @Test
    void everyAlarmSaysHowUrgentItIsWhatItMeansAndWhatToDoFirst() {
        Set<String> names = new TreeSet<>();
        for (Map<String, Object> alarm : alarms) {
            String name = (String) alarm.get("alert");
            assertTrue(names.add(name), name + " is there twice");
            assertTrue(
                    Set.of("page", "ticket").contains(map(alarm.get("labels")).get("severity")),
                    name);
            Map<String, Object> texts = map(alarm.get("annotations"));
            assertEquals(Set.of("summary", "description", "first_step"), texts.keySet(), name);
            texts.forEach(
                    (kind, text) -> {
                        String sentence = ((String) text).strip();
                        assertTrue(sentence.length() >= 15, name + ": " + kind);
                        assertEquals(
                                !kind.equals("summary"),
                                sentence.endsWith("."),
                                name + ": " + kind);
                    });
        }
        assertTrue(names.size() >= 18, names::toString);
    }

    @Test
    void everyAlarmHasACaseInWhichItFiresAndOneInWhichItNearlyDoes() {
        Set<String> fire = new TreeSet<>();
        Set<String> quiet = new TreeSet<>();
        Pattern firing = Pattern.compile("alertname=\"(\\w+)\",alertstate=\"firing\"");
        for (Object test : list(yaml("alarms.test.yaml").get("tests"))) {
            String name = (String) map(test).get("name");
            for (Object one : list(map(test).get("promql_expr_test"))) {
                firing.matcher((String) map(one).get("expr"))
                        .results()
                        .forEach(
                                match -> {
                                    assertTrue(name.startsWith(match.group(1) + " "), name);
                                    boolean fires = !list(map(one).get("exp_samples")).isEmpty();
                                    assertEquals(fires, name.contains(" fires: "), name);
                                    (fires ? fire : quiet).add(match.group(1));
                                });
            }
        }
        Set<String> all = new TreeSet<>();
        alarms.forEach(alarm -> all.add((String) alarm.get("alert")));
        assertEquals(all, fire);
        assertEquals(all, quiet);
    }

    @Test
    void noAlarmNamesAMetricThatTheTableDoesNotExplain() throws IOException {
        String table = Files.readString(METRICS);
        for (String expression : expressions()) {
            METRIC.matcher(LABELS.matcher(expression).replaceAll(""))
                    .results()
                    .forEach(
                            match ->
                                    assertTrue(
                                            table.contains("`" + match.group() + "`"),
                                            match.group() + " is not in " + METRICS));
        }
    }

    @Test
    void everyExpressionSpeaksOfTheLiveJobAlone() {
        String label = "job_name=\"" + PricingJob.JOB_NAME.replace('-', '_') + "\"";
        Pattern metric = Pattern.compile("\\bflink_(?:task|job)manager_\\w+(\\{[^}]*})?");
        for (String expression : expressions()) {
            metric.matcher(expression)
                    .results()
                    .forEach(
                            match ->
                                    assertTrue(
                                            match.group().contains(label),
                                            match.group() + " in " + expression));
        }
    }

    @Test
    void everyThresholdAndEveryFactIsUsed() {
        List<String> expressions = expressions();
        for (Map<String, Object> fact : facts) {
            String name = (String) fact.get("record");
            assertTrue(expressions.stream().anyMatch(expr -> expr.contains(name)), name);
        }
        Pattern used = Pattern.compile("\\bslackwater:\\w+(?::\\w+)?");
        for (String expression : expressions) {
            used.matcher(expression)
                    .results()
                    .forEach(
                            match ->
                                    assertTrue(
                                            facts.stream()
                                                    .anyMatch(
                                                            fact ->
                                                                    match.group()
                                                                            .equals(
                                                                                    fact.get(
                                                                                            "record"))),
                                            match.group() + " in " + expression));
        }
    }

    @Test
    void warnsBeforeTheBrokerThrowsTransactionsAway() {
        Duration timeout =
                SettingsReader.read(new String[0], Map.of()).kafka().transactionTimeout();
        assertEquals(timeout.toSeconds(), threshold("transaction_timeout_seconds"));
        long warned = timeout.toSeconds() * threshold("transaction_timeout_percent") / 100;
        // Early enough to do something, and not while a checkpoint may still succeed.
        assertTrue(timeout.toSeconds() - warned >= 300, warned + " s");
        assertTrue(
                warned
                        > 2
                                * GlobalConfiguration.loadConfiguration("flink-conf")
                                        .get(CheckpointingOptions.CHECKPOINTING_TIMEOUT)
                                        .toSeconds(),
                warned + " s");
    }

    private long threshold(String name) {
        for (Map<String, Object> fact : facts) {
            if (fact.get("record").equals("slackwater:threshold:" + name)) {
                return Long.parseLong(((String) fact.get("expr")).replaceAll("\\D", ""));
            }
        }
        throw new IllegalStateException("no threshold " + name);
    }

    private List<String> expressions() {
        List<String> expressions = new ArrayList<>();
        alarms.forEach(alarm -> expressions.add((String) alarm.get("expr")));
        facts.forEach(fact -> expressions.add((String) fact.get("expr")));
        return expressions;
    }

    private List<Map<String, Object>> rules(String kind) {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Object group : list(file.get("groups"))) {
            for (Object rule : list(map(group).get("rules"))) {
                if (map(rule).containsKey(kind)) {
                    rules.add(map(rule));
                }
            }
        }
        return rules;
    }

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                PrometheusServer.isInstalled("promtool"),
                "promtool (of Prometheus) is not on the PATH: not checked by it");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        assertEquals(0, process.exitValue(), said);
    }

    private static Map<String, Object> yaml(String name) {
        try {
            return YamlParserUtils.loadYamlFile(FOLDER.resolve(name).toFile());
        } catch (Exception e) {
            throw new IllegalStateException(name + " does not parse", e);
        }
    }

    @SuppressWarnings("unchecked") // YAML's keys are text in these files
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }
}

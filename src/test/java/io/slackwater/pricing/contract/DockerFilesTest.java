package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.YamlParserUtils;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/**
 * The files in {@code docker/} against everything that they name. They are not run by the tests:
 * that takes a container engine.
 */
class DockerFilesTest {

    private static final Path DOCKER = Path.of("docker");
    private static final Path COMPOSE = DOCKER.resolve("compose.yaml");

    /** Where the image keeps what the repository has on top. */
    private static final String IN_IMAGE = "/opt/slackwater/";

    private static final Pattern REQUIRED_VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):\\?[^}]+}");

    private final Map<String, Object> compose = yaml(COMPOSE);
    private final Map<String, Map<String, Object>> services = services();
    private final String dockerfile = text(DOCKER.resolve("Dockerfile"));
    private final Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");

    @Test
    void everyYamlAndJsonFileParses() throws IOException {
        try (Stream<Path> files = Files.walk(DOCKER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().endsWith(".yaml")) {
                    assertFalse(yaml(file).isEmpty(), file::toString);
                } else if (file.toString().endsWith(".json")) {
                    assertTrue(json(file).isObject(), file::toString);
                }
            }
        }
    }

    @Test
    void everyImageIsPinnedAndOfTheVersionThatTheBuildUses() {
        Map<String, String> tags = new LinkedHashMap<>();
        services.forEach(
                (name, service) -> {
                    String[] image = ((String) service.get("image")).split(":", 2);
                    assertEquals(2, image.length, name + " has no tag");
                    assertTrue(image[1].matches("v?\\d+\\.\\d+.*"), name + ": " + image[1]);
                    tags.put(image[0], image[1]);
                });

        assertEquals(pom("kafka.version"), tags.get("apache/kafka"));
        assertEquals(pom("iceberg.version"), tags.get("apache/iceberg-rest-fixture"));
        assertEquals(pom("version"), tags.get("slackwater-pricing"));
        assertEquals(
                pom("embedded.postgres.binaries.version").replaceAll("\\.0$", ""),
                tags.get("postgres"));
        assertTrue(
                dockerfile.contains(
                        "\nFROM flink:%s-java%s\n"
                                .formatted(pom("flink.version"), pom("maven.compiler.release"))));
    }

    @Test
    void theImageTakesTheFatJarAndOnlyWhatIsThere() {
        String jar =
                "target/%s-%s-%s.jar"
                        .formatted(pom("artifactId"), pom("version"), pom("shadedClassifierName"));
        List<String> sources =
                all("(?m)^COPY (?:--\\S+ )*(\\S+) \\S+$", dockerfile).map(m -> m.group(1)).toList();
        assertTrue(sources.contains(jar), sources + " does not have " + jar);

        String ignored = text(DOCKER.resolve("Dockerfile.dockerignore"));
        for (String source : sources) {
            assertTrue(source.equals(jar) || Files.exists(Path.of(source)), source);
            assertTrue(ignored.contains("\n!" + source.replaceAll("/$", "") + "\n"), source);
        }
    }

    @Test
    void theImageDoesNotRunAsRoot() {
        List<String> users = all("(?m)^USER (\\S+)$", dockerfile).map(m -> m.group(1)).toList();
        assertEquals(List.of("flink"), users);
        assertTrue(Files.isExecutable(DOCKER.resolve("start")));
        assertTrue(dockerfile.contains("ENTRYPOINT [\"" + IN_IMAGE + "start\"]"));
    }

    @Test
    void everyMountedPathIsInTheRepositoryAndEveryVolumeIsDeclared() {
        Set<String> declared = map(compose.get("volumes")).keySet();
        services.forEach(
                (name, service) -> {
                    for (String mount : strings(service.get("volumes"))) {
                        String source = mount.split(":")[0];
                        if (source.startsWith(".")) {
                            assertTrue(
                                    Files.exists(DOCKER.resolve(source).normalize()),
                                    name + " mounts " + source);
                            assertTrue(mount.endsWith(":ro"), mount + " can be written to");
                        } else {
                            assertTrue(declared.contains(source), name + " mounts " + source);
                        }
                    }
                });
    }

    @Test
    void everyPortIsPublishedOnThisMachineAlone() {
        List<String> published =
                services.values().stream().flatMap(s -> strings(s.get("ports")).stream()).toList();
        assertFalse(published.isEmpty());
        published.forEach(port -> assertTrue(port.matches("127\\.0\\.0\\.1:(\\d+):\\1"), port));
        assertTrue(strings(services.get("jobmanager").get("ports")).get(0).endsWith(":" + rest()));
        for (String service : List.of("jobmanager", "taskmanager")) {
            assertTrue(
                    healthcheck(service)
                            .contains(
                                    service.equals("jobmanager")
                                            ? "http://localhost:" + rest()
                                            : "http://localhost:" + metrics()));
        }
    }

    @Test
    void prometheusAsksTheFlinkProcessesWhereTheyAnswer() {
        Map<String, Object> prometheus = yaml(DOCKER.resolve("prometheus/prometheus.yaml"));
        Map<String, Object> scrape = map(list(prometheus.get("scrape_configs")).get(0));
        Map<String, Object> lookUp = map(list(scrape.get("dns_sd_configs")).get(0));

        assertEquals(metrics(), lookUp.get("port"));
        assertEquals(List.of("jobmanager", "taskmanager"), lookUp.get("names"));
        assertTrue(services.keySet().containsAll(strings(lookUp.get("names"))));
    }

    @Test
    void prometheusIsGivenTheAlarmsThatItsFileNames() {
        Map<String, Object> prometheus = yaml(DOCKER.resolve("prometheus/prometheus.yaml"));
        List<String> mounts = strings(services.get("prometheus").get("volumes"));
        assertTrue(
                mounts.contains("./prometheus/prometheus.yaml:/etc/prometheus/prometheus.yml:ro"));
        List<String> rules = strings(prometheus.get("rule_files"));
        assertEquals(List.of("alarms.yaml"), rules);
        assertTrue(mounts.contains("./prometheus/alarms.yaml:/etc/prometheus/alarms.yaml:ro"));
    }

    @Test
    void grafanaFindsPrometheusAndItsDashboards() {
        Path provisioning = DOCKER.resolve("grafana/provisioning");
        Map<String, Object> source =
                map(
                        list(yaml(provisioning.resolve("datasources/prometheus.yaml"))
                                        .get("datasources"))
                                .get(0));
        URI url = URI.create((String) source.get("url"));
        assertTrue(services.containsKey(url.getHost()), url::toString);
        assertEquals(
                "127.0.0.1:%1$d:%1$d".formatted(url.getPort()),
                strings(services.get(url.getHost()).get("ports")).get(0));

        Map<String, Object> provider =
                map(
                        list(yaml(provisioning.resolve("dashboards/slackwater.yaml"))
                                        .get("providers"))
                                .get(0));
        String folder = (String) map(provider.get("options")).get("path");
        assertTrue(
                strings(services.get("grafana").get("volumes"))
                        .contains("./grafana/dashboards:" + folder + ":ro"));

        for (String board : List.of("business.json", "operator.json")) {
            json(DOCKER.resolve("grafana/dashboards").resolve(board))
                    .findValues("datasource")
                    .forEach(used -> assertEquals(source.get("uid"), used.get("uid").asText()));
        }
    }

    @Test
    void theJobIsStartedWithSettingsThatItAccepts() {
        List<String> command = strings(services.get("jobmanager").get("command"));
        assertEquals(
                List.of("standalone-job", "--job-classname", pom("job.class")),
                command.subList(0, 3));
        // What follows is the job's, from the first word on that Flink does not know.
        assertEquals("--settings", command.get(3));

        Settings settings =
                SettingsReader.read(
                        command.subList(3, command.size()).stream()
                                .map(word -> word.replace(IN_IMAGE, ""))
                                .toArray(String[]::new),
                        Map.of());

        assertEquals(Settings.Catalog.REST, settings.lake().catalog());
        assertTrue(settings.kafka().createTopics());
        assertTrue(
                strings(services.get("jobmanager").get("volumes")).stream()
                        .anyMatch(mounts("jobs")));
        assertTrue(
                environment("kafka")
                        .get("KAFKA_ADVERTISED_LISTENERS")
                        .contains("INSIDE://" + settings.kafka().bootstrapServers()));
        assertTrue(services.containsKey(URI.create(settings.lake().uri()).getHost()));
        assertTrue(
                healthcheck("catalog")
                        .contains("localhost:" + URI.create(settings.lake().uri()).getPort()));
        assertEquals(settings.lake().warehouse(), environment("catalog").get("CATALOG_WAREHOUSE"));
        assertEquals(
                "jdbc:postgresql://postgres:5432/" + environment("postgres").get("POSTGRES_DB"),
                settings.database().url());
        assertEquals(settings.database().user(), environment("postgres").get("POSTGRES_USER"));
    }

    @Test
    void theMainClassExists() {
        // Until the flow is there, so that this file can be checked on its own before.
        assertDoesNotThrow(() -> Class.forName(pom("job.class")));
    }

    @Test
    void flinkIsGivenOptionsThatItKnows() throws Exception {
        Map<String, ConfigOption<?>> known = FlinkConfTest.knownOptions();
        for (String service : List.of("jobmanager", "taskmanager")) {
            Map<String, String> environment = environment(service);
            assertTrue(services.containsKey(environment.get("JOB_MANAGER_RPC_ADDRESS")));
            for (String line : environment.get("FLINK_PROPERTIES").strip().split("\n")) {
                String[] option = line.split(": ", 2);
                assertTrue(known.containsKey(option[0]), option[0] + " is no option of this Flink");
                assertFalse(option[1].contains(" "), "the image takes blanks out of " + line);
            }
            assertTrue(
                    strings(services.get(service).get("volumes")).stream()
                            .anyMatch(mounts("flink-conf")));
        }
    }

    @Test
    void everyPasswordComesFromTheEnvironmentAndIsOneThatTheJobReads() {
        Set<String> ours = new TreeSet<>();
        services.forEach(
                (name, service) ->
                        environment(name)
                                .forEach(
                                        (key, value) -> {
                                            if (key.contains("PASSWORD")) {
                                                Matcher variable = REQUIRED_VARIABLE.matcher(value);
                                                assertTrue(variable.matches(), name + ": " + key);
                                            }
                                            if (key.startsWith("SLACKWATER_")) {
                                                ours.add(key);
                                            }
                                        }));
        assertTrue(
                Set.of(
                                SettingsReader.DATABASE_PASSWORD,
                                SettingsReader.LAKE_PASSWORD,
                                "SLACKWATER_LOG")
                        .containsAll(ours),
                ours::toString);
        assertTrue(ours.contains(SettingsReader.DATABASE_PASSWORD));

        String head = text(COMPOSE).lines().limit(8).collect(Collectors.joining("\n"));
        all(REQUIRED_VARIABLE.pattern(), text(COMPOSE))
                .map(match -> match.group(1))
                .forEach(name -> assertTrue(head.contains(name + "="), name + " is not explained"));
    }

    @Test
    void everyServiceThatIsWaitedForSaysWhenItIsReady() {
        services.forEach(
                (name, service) ->
                        map(service.getOrDefault("depends_on", Map.of()))
                                .forEach(
                                        (other, how) -> {
                                            assertTrue(services.containsKey(other), other);
                                            if ("service_healthy"
                                                    .equals(map(how).get("condition"))) {
                                                assertNotNull(
                                                        services.get(other).get("healthcheck"),
                                                        other);
                                            }
                                        }));
    }

    private int rest() {
        return flink.get(RestOptions.PORT);
    }

    /** The port of the only Flink process in a container: the first of the range. */
    private int metrics() {
        return Integer.parseInt(
                flink.toMap().get("metrics.reporter.prom.port").replaceAll("-.*", ""));
    }

    private static Predicate<String> mounts(String folder) {
        return mount -> mount.equals("../" + folder + ":" + IN_IMAGE + folder + ":ro");
    }

    private String healthcheck(String service) {
        return String.join(" ", strings(map(services.get(service).get("healthcheck")).get("test")));
    }

    private Map<String, String> environment(String service) {
        return map(services.get(service).getOrDefault("environment", Map.of())).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> String.valueOf(e.getValue())));
    }

    private Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> found = new LinkedHashMap<>();
        map(compose.get("services"))
                .forEach(
                        (name, value) -> {
                            // YAML 1.2 knows no merge key, compose does.
                            Map<String, Object> service = new LinkedHashMap<>();
                            service.putAll(map(map(value).getOrDefault("<<", Map.of())));
                            service.putAll(map(value));
                            found.put(name, service);
                        });
        return found;
    }

    /** An element of the pom: the first of its name, below the project's own coordinates. */
    private static String pom(String name) {
        try {
            Element project =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(Path.of("pom.xml").toFile())
                            .getDocumentElement();
            return project.getElementsByTagName(name).item(0).getTextContent().strip();
        } catch (Exception e) {
            throw new IllegalStateException("pom.xml has no " + name, e);
        }
    }

    private static Map<String, Object> yaml(Path file) {
        try {
            return YamlParserUtils.loadYamlFile(file.toFile());
        } catch (Exception e) {
            throw new IllegalStateException(file + " does not parse", e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(file + " does not parse", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    private static Stream<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results();
    }

    @SuppressWarnings("unchecked") // YAML's keys are text in these files
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }

    private static List<String> strings(Object value) {
        List<String> texts = new ArrayList<>();
        if (value != null) {
            list(value).forEach(one -> texts.add(String.valueOf(one)));
        }
        return texts;
    }
}

package io.slackwater.pricing.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

    @TempDir private Path folder;

    @Test
    void needsNoSettingsAtAll() {
        Settings settings = read();

        assertEquals(Settings.Mode.LIVE, settings.mode());
        assertEquals("localhost:9092", settings.kafka().bootstrapServers());
        assertEquals(Settings.Delivery.EXACTLY_ONCE, settings.kafka().delivery());
        assertEquals(Duration.ofMinutes(14), settings.kafka().transactionTimeout());
        assertEquals(Map.of(), settings.kafka().client());
        assertEquals(-1_000_000_000L, settings.input().quantityMin());
        assertEquals(1_000_000_000_000L, settings.input().quantityMax());
        assertEquals(Duration.ofSeconds(15), settings.input().idleAfter());
        assertEquals("default", settings.pricing().book());
        assertEquals(Duration.ofMinutes(1), settings.pricing().window());
        assertEquals(Settings.Catalog.JDBC, settings.lake().catalog());
        assertEquals("", settings.lake().password());
        assertTrue(settings.database().enabled());
    }

    @Test
    void takesTheCommandLineBeforeTheFileBeforeTheDefault() throws IOException {
        Path file = file("metrics.window = 2m", "pricing.publish=all", "alerts.low.stock: 7");

        Settings settings =
                read("--settings", file.toString(), "--metrics.window", "5m", "--mode=bounded");

        assertEquals(Duration.ofMinutes(5), settings.pricing().window());
        assertEquals(Settings.Publish.ALL, settings.pricing().publish());
        assertEquals(7, settings.pricing().lowStock());
        assertEquals(Settings.Mode.BOUNDED, settings.mode());
    }

    @Test
    void turnsTheCircuitBreakerOffForHistory() {
        Settings.Pricing off = read("--rules.breaker.share.percent", "100").pricing();
        assertTrue(off.live());
        Settings.Pricing history =
                read("--rules.breaker.share.percent", "20").pricing().forHistory();
        assertFalse(history.live());
        assertEquals(off.forHistory(), history);
    }

    @Test
    void takesTheLastOfTwoOnTheCommandLine() {
        assertEquals(3, read("--lake.buckets", "2", "--lake.buckets=3").lake().buckets());
    }

    @Test
    void takesAValueThatBeginsWithAMinus() {
        assertEquals(-5, read("--input.quantity.min", "-5").input().quantityMin());
    }

    @Test
    void takesAnEqualsSignInsideAValue() {
        assertEquals(
                "jdbc:postgresql://db/x?ssl=true",
                read("--database.url=jdbc:postgresql://db/x?ssl=true").database().url());
    }

    @Test
    void readsThePropertiesFormatInFull() throws IOException {
        Path file =
                file(
                        "\uFEFF! a comment that ends in a backslash \\",
                        "kafka.bootstrap.servers = a:1,\\",
                        "    b:2",
                        "",
                        "pricing.book: caf\u00e9\\u0021  ");

        Settings settings = read("--settings=" + file);

        assertEquals("a:1,b:2", settings.kafka().bootstrapServers());
        assertEquals("café!", settings.pricing().book());
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, 250",
        "15s, 15000",
        "1m, 60000",
        "2h, 7200000",
        "0s, 0",
    })
    void readsTimes(String text, long millis) {
        assertEquals(
                Duration.ofMillis(millis), read("--input.max.future", text).input().maxFuture());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode | Live | must be live or bounded",
                "mode | '' | must be live or bounded",
                "kafka.delivery | exactly_once | must be exactly-once or at-least-once",
                "kafka.bootstrap.servers | localhost | must be host:port",
                "kafka.bootstrap.servers | a:1,,b:2 | must be host:port",
                "kafka.bootstrap.servers | a:70000 | must be host:port",
                "kafka.environment | Prod | must be 1 to 40 of a-z, 0-9 and -",
                "kafka.environment | '' | must be 1 to 40 of a-z, 0-9 and -",
                "kafka.transaction.timeout | 59s | must be a time from 1m to 24h",
                "kafka.transaction.timeout | 14 | must be a time from 1m to 24h",
                "kafka.transaction.timeout | -1m | must be a time from 1m to 24h",
                "kafka.topics.create | yes | must be true or false",
                "kafka.topics.create | TRUE | must be true or false",
                "kafka.topics.partitions | 0 | must be a whole number from 1 to 10000",
                "kafka.topics.partitions | 4.0 | must be a whole number from 1 to 10000",
                "kafka.topics.partitions | ٤ | must be a whole number from 1 to 10000",
                "kafka.topics.replication | 11 | must be a whole number from 1 to 10",
                "input.quantity.min | 1 | to 0",
                "input.quantity.max | -1 | must be a whole number from 0",
                "input.quantity.max | 99999999999999999999 | must be a whole number from 0",
                "input.idle.after | 500ms | must be 0s (never) or a time from 1s",
                "input.max.future | 999999999h | must be a time from 0s to 8784h",
                "metrics.window | 7m | that divides a day evenly",
                "metrics.window | 25h | that divides a day evenly",
                "metrics.window | 500ms | that divides a day evenly",
                "pricing.book | '' | must be 1 to 256 characters",
                "pricing.kept.versions | 0 | must be a whole number from 1 to 1000",
                "pricing.publish | everything | must be changes or all",
                "alerts.low.stock | -1 | must be a whole number from 0",
                "alerts.price.jump.percent | 0 | must be a whole number from 1 to 10000",
                "start.fresh | yes | must be true or false",
                "rules.history | kafka | must be topic or lake",
                "kafka.client.max.request.size | 16383 | must be a whole number from 16384",
                "kafka.client.max.request.size | 1 MB | must be a whole number from 16384",
                "kafka.client.buffer.memory | 65536 | must be a whole number from 1048576",
                "kafka.client.max.in.flight.requests.per.connection | 6 | from 1 to 5",
                "kafka.client.request.timeout.ms | 5 | must be a whole number from 1000",
                "kafka.client.max.block.ms | 0 | must be a whole number from 1000",
                "kafka.client.delivery.timeout.ms | 1 | must be a whole number from 10000",
                "lake.catalog | hive | must be jdbc or rest",
                "lake.uri | '' | must be a JDBC URL",
                "lake.uri | http://catalog:8181 | must be a JDBC URL",
                "lake.warehouse | '' | must be a URI",
                "lake.warehouse | warehouse | must be a URI",
                "lake.buckets | 0 | must be a whole number from 1 to 1024",
                "database.url | '' | must be a PostgreSQL URL",
                "database.url | jdbc:mysql://host/name | must be a PostgreSQL URL",
                "database.user | '' | must be the name of a database user",
            })
    void refusesWhatIsNotAllowed(String key, String value, String allowed) {
        List<String> faults = faults("--" + key + "=" + value);

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(
                faults.get(0).startsWith("command line: " + key + " = \"" + value + "\": "),
                faults::toString);
        assertTrue(faults.get(0).contains(allowed), faults::toString);
    }

    @Test
    void beginsWithTheTopicAloneAndNeverAgainUnlessItIsTold() {
        assertEquals(new Settings.Start(false, Settings.RulesHistory.TOPIC), read().start());
        assertEquals(
                new Settings.Start(true, Settings.RulesHistory.LAKE),
                read("--start.fresh=true", "--rules.history", "lake").start());
        assertEquals(
                List.of(
                        "command line: rules.history = \"lake\": must be topic where lake.enabled is"
                                + " false"),
                faults("--rules.history", "lake", "--lake.enabled", "false"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acks=1",
                "enable.idempotence=false",
                "retries=0",
                "transactional.id=x",
                "transaction.two.phase.commit.enable=true",
                "group.id=x",
                "group.instance.id=x",
                "isolation.level=read_uncommitted",
                "enable.auto.commit=true",
                "auto.offset.reset=latest",
                "partitioner.class=x",
                "partitioner.ignore.keys=true",
                "commit.offsets.on.checkpoint=false",
                "partition.discovery.interval.ms=-1",
                "client.id.prefix=x",
                "key.serializer=x",
                "value.deserializer=x",
            })
    void refusesWhatWouldBreakAPromise(String setting) {
        List<String> faults = faults("--kafka.client." + setting);
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(
                faults.get(0).contains("must not be given, the job decides it"), faults::toString);
    }

    @Test
    void takesClientSettingsWithinTheirLimits() {
        Map<String, String> client =
                read(
                                "--kafka.client.max.request.size=16384",
                                "--kafka.client.buffer.memory=${vault:path:key}",
                                "--kafka.client.max.in.flight.requests.per.connection=1")
                        .kafka()
                        .client();
        assertEquals("16384", client.get("max.request.size"));
        assertEquals("${vault:path:key}", client.get("buffer.memory"));
    }

    @Test
    void reportsAllFaultsTogetherWithTheirPlaces() throws IOException {
        Path file = file("# fine", "metrics.window = 7m", "", "pricing.publsh = all");

        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () ->
                                read(
                                        "--settings",
                                        file.toString(),
                                        "--mode",
                                        "fast",
                                        "stray",
                                        "--lake.buckets"));

        assertEquals(
                String.join(
                        "\n",
                        "command line: argument 5, \"stray\": must be --key value or --key=value",
                        "command line: \"--lake.buckets\": a value must follow",
                        file
                                + ":4: pricing.publsh = \"all\": no such setting;"
                                + " did you mean pricing.publish?",
                        "command line: mode = \"fast\": must be live or bounded",
                        file
                                + ":2: metrics.window = \"7m\": must be a time from 1s to 24h that"
                                + " divides a day evenly, such as 1m"),
                refused.getMessage());
        assertEquals(5, refused.faults().size());
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.delivry, did you mean kafka.delivery?",
        "bootstrap.servers, did you mean kafka.bootstrap.servers?",
        "window, did you mean metrics.window?",
        "kafka.security.protocol, is written kafka.client.NAME",
        "xyzzy, jobs/pricing.properties lists all",
        "kafka.client., no such setting",
    })
    void saysWhatAnUnknownKeyMayHaveMeant(String key, String hint) {
        List<String> faults = faults("--" + key, "1");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains(hint), faults::toString);
    }

    @Test
    void refusesAKeyThatAFileGivesTwice() throws IOException {
        Path file = file("mode=live", "mode=bounded");

        assertEquals(
                List.of(
                        file
                                + ":2: mode = \"bounded\": must be given once; it is already at "
                                + file
                                + ":1"),
                faults("--settings", file.toString()));
    }

    @Test
    void refusesAFileThatIsNotThereOrNotText() throws IOException {
        Path latin = folder.resolve("latin.properties");
        Files.write(latin, new byte[] {'a', '=', (byte) 0xE9});
        Path broken = file("mode = live", "pricing.book = \\u00zz");

        assertTrue(faults("--settings", "nowhere.properties").get(0).contains("there is none"));
        assertTrue(faults("--settings", latin.toString()).get(0).contains("must be UTF-8"));
        assertTrue(faults("--settings", folder.toString()).get(0).contains("this one cannot"));
        assertTrue(faults("--settings", broken.toString()).get(0).startsWith(broken + ":2: "));
        assertTrue(faults("--settings", file("settings=x").toString()).get(0).contains("another"));
    }

    @Test
    void takesPasswordsFromTheEnvironmentAlone() {
        Settings settings =
                SettingsReader.read(
                        new String[0],
                        Map.of(
                                "SLACKWATER_DATABASE_PASSWORD", "d-secret",
                                "SLACKWATER_LAKE_PASSWORD", "l-secret"));

        assertEquals("d-secret", settings.database().password());
        assertEquals("l-secret", settings.lake().password());
        assertFalse(settings.toString().contains("secret"), settings::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database.password=hunter2",
                "lake.password=hunter2",
                "kafka.password=hunter2",
                "database.url=jdbc:postgresql://db/x?user=a&password=hunter2",
                "lake.uri=jdbc:postgresql://a:hunter2@db/x",
                "kafka.client.ssl.keystore.password=hunter2",
                "kafka.client.sasl.oauthbearer.client.credentials.client.secret=hunter2",
                "kafka.client.sasl.jaas.config=PlainLoginModule required password=\"hunter2\";",
                "kafka.client.sasl.jaas.config=OAuth required clientSecret = 'hunter2';",
                "lake.catalog.jdbc.password=hunter2",
                "lake.catalog.credential=id:hunter2",
                "lake.catalog.token=hunter2",
                "lake.catalog.s3.secret-access-key=hunter2",
                "lake.catalog.s3.session-token=hunter2",
            })
    void refusesASecretOutsideTheEnvironmentAndDoesNotShowIt(String setting) throws IOException {
        Path file = file(setting);

        for (List<String> faults :
                List.of(faults("--" + setting), faults("--settings", file.toString()))) {
            assertEquals(1, faults.size(), faults::toString);
            assertFalse(faults.get(0).contains("hunter2"), faults::toString);
            assertTrue(faults.get(0).contains("(not shown)"), faults::toString);
        }
    }

    @Test
    void handsPropertiesThroughToTheClientsWithTheirSecrets() {
        String jaas = "PlainLoginModule required username=\"a\" password=\"${env:KAFKA_SECRET}\";";

        Settings settings =
                SettingsReader.read(
                        new String[] {
                            "--kafka.client.security.protocol",
                            "SASL_SSL",
                            "--kafka.client.sasl.jaas.config",
                            jaas,
                            "--kafka.client.ssl.key.password",
                            "${vault:path:key}",
                            "--lake.catalog.credential=${env:CATALOG_SECRET}",
                            "--lake.catalog.io-impl=org.apache.iceberg.hadoop.HadoopFileIO"
                        },
                        Map.of("KAFKA_SECRET", "$1\\x", "CATALOG_SECRET", "id:hidden"));

        assertEquals(
                Map.of(
                        "security.protocol", "SASL_SSL",
                        "sasl.jaas.config", jaas.replace("${env:KAFKA_SECRET}", "$1\\x"),
                        "ssl.key.password", "${vault:path:key}"),
                settings.kafka().client());
        assertEquals(
                Map.of(
                        "credential", "id:hidden",
                        "io-impl", "org.apache.iceberg.hadoop.HadoopFileIO"),
                settings.lake().properties());
        assertFalse(settings.toString().contains("hidden"), settings::toString);
        assertFalse(settings.toString().contains("$1"), settings::toString);
    }

    @Test
    void refusesAVariableThatIsNotSet() {
        assertEquals(
                List.of(
                        "command line: kafka.bootstrap.servers = \"${env:BROKERS}\": the environment"
                                + " variable \"BROKERS\" must be set"),
                faults("--kafka.bootstrap.servers", "${env:BROKERS}"));
    }

    @Test
    void doesNotShowWhatAVariableHolds() {
        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () ->
                                SettingsReader.read(
                                        new String[] {"--mode", "${env:MODE}"},
                                        Map.of("MODE", "hunter2")));

        assertFalse(refused.getMessage().contains("hunter2"), refused::getMessage);
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.client.bootstrap.servers, use kafka.bootstrap.servers",
        "kafka.client.transaction.timeout.ms, use kafka.transaction.timeout",
        "kafka.client.group.id, use kafka.environment",
        "kafka.client.isolation.level, the job decides it",
        "lake.catalog.uri, use lake.uri",
    })
    void refusesWhatTheJobDecidesItself(String key, String instead) {
        List<String> faults = faults("--" + key, "x");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains(instead), faults::toString);
    }

    @Test
    void wantsTheAddressOfARestCatalogAndLetsItHaveNoWarehouse() {
        assertTrue(
                faults("--lake.catalog", "rest")
                        .get(0)
                        .startsWith("default: lake.uri = \"jdbc:postgresql:"));
        assertEquals(
                "",
                read("--lake.catalog=rest", "--lake.uri=http://catalog:8181", "--lake.warehouse=")
                        .lake()
                        .warehouse());
    }

    @Test
    void asksNothingOfAnOutputThatIsOff() {
        Settings settings =
                read(
                        "--lake.enabled=false",
                        "--lake.uri=",
                        "--lake.warehouse=",
                        "--database.enabled=false",
                        "--database.url=",
                        "--database.user=");

        assertFalse(settings.lake().enabled());
        assertFalse(settings.database().enabled());
    }

    @Test
    void showsNoControlCharacterAndNoEndlessValue() {
        String fault = faults("--mode", "a\r\nb\u001b[2J" + "x".repeat(10_000)).get(0);

        assertTrue(fault.chars().noneMatch(Character::isISOControl), fault);
        assertTrue(fault.length() < 300, fault);
    }

    @Test
    void travelsToTheTaskManagers() throws IOException, ClassNotFoundException {
        Settings settings = read("--kafka.client.client.rack", "a", "--lake.catalog.x", "y");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(settings);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(settings, in.readObject());
        }
    }

    @Test
    void writesEverySettingAsItIsRead() throws IOException {
        Map<String, String> written = new TreeMap<>();
        for (String setting :
                List.of(
                        "mode=bounded",
                        "start.fresh=true",
                        "kafka.bootstrap.servers=a:1,b:2",
                        "kafka.environment=test-1",
                        "kafka.delivery=at-least-once",
                        "kafka.transaction.timeout=90s",
                        "kafka.topics.create=true",
                        "kafka.topics.partitions=7",
                        "kafka.topics.replication=3",
                        "kafka.price.trace=false",
                        "input.quantity.min=-1",
                        "input.quantity.max=1000000",
                        "input.max.future=2h",
                        "input.max.warehouses=99",
                        "input.complete.messages=true",
                        "input.out.of.orderness=250ms",
                        "input.idle.after=0s",
                        "pricing.book=café = #1\\",
                        "pricing.kept.versions=21",
                        "pricing.publish=all",
                        "metrics.window=2m",
                        "alerts.low.stock=11",
                        "alerts.price.jump.percent=31",
                        "rules.breaker.share.percent=49",
                        "rules.breaker.move.percent=51",
                        "rules.history=lake",
                        "lake.enabled=true",
                        "lake.catalog=rest",
                        "lake.uri=http://catalog:8181",
                        "lake.user=",
                        "lake.warehouse=shelf",
                        "lake.buckets=5",
                        "database.enabled=false",
                        "database.url=",
                        "database.user=somebody")) {
            String[] keyAndValue = setting.split("=", 2);
            written.put(keyAndValue[0], keyAndValue[1]);
        }
        Path file = folder.resolve("written.properties");
        Properties properties = new Properties();
        properties.putAll(written);
        store(properties, file);

        Settings settings = read("--settings", file.toString());

        assertEquals(SettingsReader.defaults().keySet().size(), written.size());
        assertEquals(written, new TreeMap<>(settings.toProperties()));
        Path again = folder.resolve("again.properties");
        store(settings.toProperties(), again);
        assertEquals(settings, read("--settings", again.toString()));
    }

    @Test
    void writesNoSecret() {
        Settings settings =
                SettingsReader.read(
                        new String[] {
                            "--kafka.client.ssl.key.password=${env:KEY}",
                            "--lake.catalog.credential=${env:KEY}"
                        },
                        Map.of(
                                "KEY",
                                "hidden",
                                SettingsReader.DATABASE_PASSWORD,
                                "hidden",
                                SettingsReader.LAKE_PASSWORD,
                                "hidden"));

        assertFalse(settings.toProperties().containsValue("hidden"), settings::toString);
    }

    private static void store(Properties properties, Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    private Path file(String... lines) throws IOException {
        Path file = Files.createTempFile(folder, "pricing", ".properties");
        return Files.writeString(file, String.join("\n", lines), StandardCharsets.UTF_8);
    }

    private static Settings read(String... args) {
        return SettingsReader.read(args, Map.of());
    }

    private static List<String> faults(String... args) {
        return assertThrows(SettingsException.class, () -> read(args)).faults();
    }
}

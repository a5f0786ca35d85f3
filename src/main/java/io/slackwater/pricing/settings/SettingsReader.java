package io.slackwater.pricing.settings;

import io.slackwater.pricing.settings.Settings.Catalog;
import io.slackwater.pricing.settings.Settings.Database;
import io.slackwater.pricing.settings.Settings.Delivery;
import io.slackwater.pricing.settings.Settings.Input;
import io.slackwater.pricing.settings.Settings.Kafka;
import io.slackwater.pricing.settings.Settings.Lake;
import io.slackwater.pricing.settings.Settings.Mode;
import io.slackwater.pricing.settings.Settings.Pricing;
import io.slackwater.pricing.settings.Settings.Publish;
import io.slackwater.pricing.settings.Settings.RulesHistory;
import io.slackwater.pricing.settings.Settings.Start;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the {@link Settings}: built-in defaults, over them a properties file ({@code --settings
 * FILE}, UTF-8), over that the command line ({@code --key value} or {@code --key=value}; given
 * twice, the last one counts). Meaning and limits of each key stand in {@code
 * jobs/pricing.properties}.
 *
 * <p>Nothing is guessed: an unknown key, a value out of its limits or a secret in the wrong place
 * is a fault, and all faults are reported together. {@code ${env:NAME}} in a value stands for an
 * environment variable, which must be set; other {@code ${...}} are left to Kafka's own config
 * providers.
 */
public final class SettingsReader {

    /** The environment variable with the password of the database. */
    public static final String DATABASE_PASSWORD = "SLACKWATER_DATABASE_PASSWORD";

    /** The environment variable with the password of a JDBC catalog. */
    public static final String LAKE_PASSWORD = "SLACKWATER_LAKE_PASSWORD";

    /**
     * The least that a topic ({@code max.message.bytes}) and a producer ({@code max.request.size})
     * must let through: every record that the job writes can be cut to this size. The largest that
     * cannot be cut any further has eight names of 256 characters with up to four bytes each, twice
     * of them in its key, and some 2,000 bytes of numbers, times and field names.
     */
    public static final int LEAST_RECORD_BYTES = 16 << 10;

    private static final String KAFKA_CLIENT = "kafka.client.";
    private static final String LAKE_CATALOG = "lake.catalog.";

    private static final Map<String, String> DEFAULTS =
            inOrder(
                    "mode", "live",
                    "start.fresh", "false",
                    "kafka.bootstrap.servers", "localhost:9092",
                    "kafka.environment", "dev",
                    "kafka.delivery", "exactly-once",
                    "kafka.transaction.timeout", "14m",
                    "kafka.topics.create", "false",
                    "kafka.topics.partitions", "4",
                    "kafka.topics.replication", "1",
                    "kafka.price.trace", "true",
                    "input.quantity.min", "-1000000000",
                    "input.quantity.max", "1000000000000",
                    "input.max.future", "10m",
                    "input.max.warehouses", "1000",
                    "input.complete.messages", "false",
                    "input.out.of.orderness", "5s",
                    "input.idle.after", "15s",
                    "pricing.book", "default",
                    "pricing.kept.versions", "20",
                    "pricing.publish", "changes",
                    "metrics.window", "1m",
                    "alerts.low.stock", "10",
                    "alerts.price.jump.percent", "30",
                    "rules.breaker.share.percent", "50",
                    "rules.breaker.move.percent", "50",
                    "rules.history", "topic",
                    "lake.enabled", "true",
                    "lake.catalog", "jdbc",
                    "lake.uri", "jdbc:postgresql://localhost:5432/slackwater",
                    "lake.user", "slackwater",
                    "lake.warehouse", "file:///tmp/slackwater/warehouse",
                    "lake.buckets", "4",
                    "database.enabled", "true",
                    "database.url", "jdbc:postgresql://localhost:5432/slackwater",
                    "database.user", "slackwater");

    /** What the job itself decides about its clients, and the setting that decides it, if any. */
    private static final Map<String, String> OWNED =
            inOrder(
                    "kafka.client.bootstrap.servers", "kafka.bootstrap.servers",
                    "kafka.client.transaction.timeout.ms", "kafka.transaction.timeout",
                    "kafka.client.acks", "kafka.delivery",
                    "kafka.client.enable.idempotence", "kafka.delivery",
                    "kafka.client.transactional.id", "kafka.environment",
                    "kafka.client.group.id", "kafka.environment",
                    "kafka.client.group.instance.id", "kafka.environment",
                    "kafka.client.client.id.prefix", "kafka.environment",
                    "kafka.client.transaction.two.phase.commit.enable", "kafka.delivery",
                    // A producer that gives up sooner fails the job at every hiccup of a broker.
                    "kafka.client.retries", "kafka.client.delivery.timeout.ms",
                    // The versions of a price must stay in one partition, in their order.
                    "kafka.client.partitioner.class", "",
                    "kafka.client.partitioner.ignore.keys", "",
                    // A start finds out by these offsets that the job has run before.
                    "kafka.client.commit.offsets.on.checkpoint", "",
                    "kafka.client.partition.discovery.interval.ms", "",
                    "kafka.client.isolation.level", "",
                    "kafka.client.enable.auto.commit", "",
                    "kafka.client.auto.offset.reset", "",
                    "kafka.client.key.serializer", "",
                    "kafka.client.value.serializer", "",
                    "kafka.client.key.deserializer", "",
                    "kafka.client.value.deserializer", "",
                    "lake.catalog.uri", "lake.uri",
                    "lake.catalog.warehouse", "lake.warehouse",
                    "lake.catalog.type", "lake.catalog",
                    "lake.catalog.catalog-impl", "lake.catalog",
                    "lake.catalog.jdbc.user", "lake.user");

    /**
     * The limits, inclusive, of client settings outside of which the job could not keep its
     * promises, or no record would pass.
     */
    private static final Map<String, Limits> CLIENT_LIMITS =
            Map.of(
                    // The largest record that cannot be cut any further; a broker's request.
                    "kafka.client.max.request.size", new Limits(LEAST_RECORD_BYTES, 100 << 20),
                    "kafka.client.buffer.memory", new Limits(1 << 20, Integer.MAX_VALUE),
                    // With more, a retried batch may overtake the next one.
                    "kafka.client.max.in.flight.requests.per.connection", new Limits(1, 5),
                    "kafka.client.request.timeout.ms", new Limits(1_000, 600_000),
                    "kafka.client.default.api.timeout.ms", new Limits(1_000, 600_000),
                    "kafka.client.max.block.ms", new Limits(1_000, 600_000),
                    "kafka.client.delivery.timeout.ms", new Limits(10_000, 86_400_000));

    private static final Pattern ENVIRONMENT_VARIABLE = Pattern.compile("\\$\\{env:([^}]*)}");
    private static final Pattern WHOLLY_A_REFERENCE = Pattern.compile("\\$\\{[^{}]+}");

    /** Names of Kafka and Iceberg properties whose value is a secret. */
    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    "(?i).*(password|secret|secret-?access-?key|private-?key|ssl\\.keystore\\.key)"
                            + "|(.*[.-])?(token|credential)");

    /** A secret spelled out inside a value, as in a JAAS line: its name, "=", no reference. */
    private static final Pattern SECRET_IN_TEXT =
            Pattern.compile("(?i)(password|secret)\\s*=\\s*+(?!\\s*[\"']?\\$\\{)");

    /** A password inside a URL: a parameter, or user:password before the host. */
    private static final Pattern SECRET_IN_URL =
            Pattern.compile("(?i)[?&;](ssl)?password=|//[^/@?]*:[^/@?]*@");

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern SERVERS =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");
    private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern PASSED_NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

    private static final int SHOWN_CHARACTERS = 120;

    private final Map<String, String> environment;
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** From the least to the most, inclusive. */
    private record Limits(long least, long most) {}

    /** A value as it was written, and where. */
    private record Given(String value, String where) {}

    private SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Reads and checks everything. A password whose variable is not set is empty: a database may
     * trust its callers.
     *
     * @param args the command line of the job
     * @param environment the variables for secrets and {@code ${env:NAME}}, such as System.getenv()
     * @throws SettingsException if anything cannot be used, with all faults
     */
    public static Settings read(String[] args, Map<String, String> environment) {
        SettingsReader reader = new SettingsReader(environment);
        reader.readSources(args);
        Settings settings = reader.settings();
        if (!reader.faults.isEmpty()) {
            throw new SettingsException(reader.faults);
        }
        return settings;
    }

    /**
     * Every key with its default, in the order of {@code jobs/pricing.properties}. The families
     * {@code kafka.client.NAME} and {@code lake.catalog.NAME} have none and are not in it.
     */
    public static Map<String, String> defaults() {
        return DEFAULTS;
    }

    // ---- where values come from

    private void readSources(String[] args) {
        Map<String, Given> commandLine = readCommandLine(args);
        Given file = commandLine.remove("settings");
        if (file != null) {
            readFile(file);
        }
        given.putAll(commandLine);
        given.forEach(this::checkName);
    }

    private Map<String, Given> readCommandLine(String[] args) {
        String where = "command line";
        Map<String, Given> found = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!arg.startsWith("--") || arg.length() == 2) {
                faults.add(
                        "%s: argument %d, %s: must be --key value or --key=value"
                                .formatted(where, i + 1, shown("", arg)));
                continue;
            }
            int equals = arg.indexOf('=');
            if (equals > 0) {
                String key = arg.substring(2, equals);
                found.put(key, new Given(arg.substring(equals + 1).trim(), where));
            } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
                found.put(arg.substring(2), new Given(args[++i].trim(), where));
            } else {
                faults.add("%s: %s: a value must follow".formatted(where, shown("", arg)));
            }
        }
        return found;
    }

    /**
     * Reads the file line by line, each (with what continues it) by {@link Properties} itself: the
     * format is exactly the known one, and every value knows its line.
     */
    private void readFile(Given file) {
        List<String> lines;
        try {
            String text = Files.readString(Path.of(file.value()), StandardCharsets.UTF_8);
            lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
        } catch (NoSuchFileException e) {
            fault("settings", file, "must name a properties file; there is none at this path");
            return;
        } catch (CharacterCodingException e) {
            fault("settings", file, "must be UTF-8; the file has other bytes");
            return;
        } catch (IOException | InvalidPathException e) {
            fault("settings", file, "must name a file that can be read; this one cannot");
            return;
        }
        for (int i = 0; i < lines.size(); i++) {
            String where = file.value() + ":" + (i + 1);
            StringBuilder line = new StringBuilder(lines.get(i));
            while (goesOn(line) && i + 1 < lines.size()) {
                line.append('\n').append(lines.get(++i));
            }
            Properties property = new Properties();
            try {
                property.load(new StringReader(line.toString()));
            } catch (IOException | IllegalArgumentException e) {
                faults.add(where + ": must be key = value; a \\u is followed by four hex digits");
            }
            for (String key : property.stringPropertyNames()) {
                Given value = new Given(property.getProperty(key).trim(), where);
                Given before = given.putIfAbsent(key, value);
                if (before != null) {
                    fault(key, value, "must be given once; it is already at " + before.where());
                }
            }
        }
    }

    private static boolean goesOn(CharSequence line) {
        String text = line.toString();
        if (text.stripLeading().startsWith("#") || text.stripLeading().startsWith("!")) {
            return false;
        }
        int backslashes = 0;
        while (backslashes < text.length()
                && text.charAt(text.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    // ---- which keys there are

    private void checkName(String key, Given value) {
        if (DEFAULTS.containsKey(key)) {
            return;
        }
        if (isPassed(key)) {
            checkPassed(key, value);
        } else if (SECRET_NAME.matcher(key).matches()) {
            String variable =
                    key.startsWith("lake")
                            ? LAKE_PASSWORD
                            : key.startsWith("database")
                                    ? DATABASE_PASSWORD
                                    : DATABASE_PASSWORD + " or " + LAKE_PASSWORD;
            fault(key, value, "must come from the environment, as " + variable);
        } else if (key.equals("settings")) {
            fault(key, value, "must be on the command line; a settings file cannot name another");
        } else {
            fault(key, value, "no such setting" + didYouMean(key));
        }
    }

    private static boolean isPassed(String key) {
        return Stream.of(KAFKA_CLIENT, LAKE_CATALOG)
                .anyMatch(
                        family ->
                                key.startsWith(family)
                                        && PASSED_NAME
                                                .matcher(key.substring(family.length()))
                                                .matches());
    }

    private void checkPassed(String key, Given value) {
        String owner = OWNED.get(key);
        if (owner != null) {
            String instead = owner.isEmpty() ? "" : "; use " + owner;
            fault(key, value, "must not be given, the job decides it" + instead);
        } else if (key.equals("lake.catalog.jdbc.password")) {
            fault(key, value, "must come from the environment, as " + LAKE_PASSWORD);
        } else if (SECRET_NAME.matcher(key).matches()
                && !WHOLLY_A_REFERENCE.matcher(value.value()).matches()) {
            fault(key, value, "must be a reference to a secret, such as ${env:NAME}");
        } else if (spellsOutASecret(value.value())) {
            fault(key, value, "must not spell out a secret; write ${env:NAME} in its place");
        }
    }

    private static String didYouMean(String key) {
        String family =
                key.startsWith("kafka.")
                        ? KAFKA_CLIENT
                        : key.startsWith("lake.") ? LAKE_CATALOG : "";
        String passed =
                family.isEmpty()
                        ? ""
                        : " (what is for the client itself is written " + family + "NAME)";
        return DEFAULTS.keySet().stream()
                .filter(
                        known ->
                                known.endsWith("." + key)
                                        || distance(known, key) <= Math.max(2, key.length() / 3))
                .min(
                        Comparator.comparing((String known) -> !known.endsWith("." + key))
                                .thenComparing(known -> distance(known, key)))
                .map(known -> "; did you mean " + known + "?" + passed)
                .orElse("; jobs/pricing.properties lists all" + passed);
    }

    /** Levenshtein's distance: how many letters must be put in, taken out or replaced. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    // ---- what values may be

    private Settings settings() {
        return checkedTogether(
                new Settings(
                        oneOf("mode", Mode.class),
                        start(),
                        kafka(),
                        input(),
                        pricing(),
                        lake(),
                        database()));
    }

    private Start start() {
        return new Start(bool("start.fresh"), oneOf("rules.history", RulesHistory.class));
    }

    /** What two settings say together. */
    private Settings checkedTogether(Settings settings) {
        if (settings.start().rulesHistory() == RulesHistory.LAKE && !settings.lake().enabled()) {
            fault(
                    "rules.history",
                    given.get("rules.history"),
                    "must be topic where lake.enabled is false");
        }
        return settings;
    }

    private Kafka kafka() {
        return new Kafka(
                parsed(
                        "kafka.bootstrap.servers",
                        "must be host:port, or several with commas between",
                        text ->
                                Stream.of(text.split(",", -1)).allMatch(this::isServer)
                                        ? text
                                        : null),
                parsed(
                        "kafka.environment",
                        "must be 1 to 40 of a-z, 0-9 and -",
                        text -> ENVIRONMENT_NAME.matcher(text).matches() ? text : null),
                oneOf("kafka.delivery", Delivery.class),
                duration("kafka.transaction.timeout", Duration.ofMinutes(1), Duration.ofHours(24)),
                bool("kafka.topics.create"),
                integer("kafka.topics.partitions", 1, 10_000),
                integer("kafka.topics.replication", 1, 10),
                bool("kafka.price.trace"),
                passed(KAFKA_CLIENT));
    }

    private boolean isServer(String text) {
        String server = text.trim();
        if (!SERVERS.matcher(server).matches()) {
            return false;
        }
        int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
        return port >= 1 && port <= 65_535;
    }

    private Input input() {
        // 10^15 a level leaves room for the sum of thousands of such levels in 64 bits.
        long most = 1_000_000_000_000_000L;
        return new Input(
                number("input.quantity.min", -most, 0),
                number("input.quantity.max", 0, most),
                duration("input.max.future", Duration.ZERO, Duration.ofDays(366)),
                integer("input.max.warehouses", 1, 100_000),
                bool("input.complete.messages"),
                duration("input.out.of.orderness", Duration.ZERO, Duration.ofHours(24)),
                parsed(
                        "input.idle.after",
                        "must be 0s (never) or a time from 1s to 24h, such as 15s",
                        text -> {
                            Duration time = toDuration(text);
                            return Duration.ZERO.equals(time)
                                    ? time
                                    : within(Duration.ofSeconds(1), time, Duration.ofHours(24));
                        }));
    }

    private Pricing pricing() {
        Duration day = Duration.ofDays(1);
        return new Pricing(
                parsed(
                        "pricing.book",
                        "must be 1 to 256 characters, none of them a control character",
                        text -> isName(text) ? text : null),
                integer("pricing.kept.versions", 1, 1_000),
                oneOf("pricing.publish", Publish.class),
                parsed(
                        "metrics.window",
                        "must be a time from 1s to 24h that divides a day evenly, such as 1m",
                        text -> {
                            Duration time = within(Duration.ofSeconds(1), toDuration(text), day);
                            return time != null && day.toMillis() % time.toMillis() == 0
                                    ? time
                                    : null;
                        }),
                number("alerts.low.stock", 0, 1_000_000_000_000L),
                integer("alerts.price.jump.percent", 1, 10_000),
                integer("rules.breaker.share.percent", 0, 100),
                integer("rules.breaker.move.percent", 1, 10_000),
                true);
    }

    private static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= 256
                && text.chars().noneMatch(Character::isISOControl);
    }

    private Lake lake() {
        boolean enabled = bool("lake.enabled");
        Catalog catalog = oneOf("lake.catalog", Catalog.class);
        boolean jdbc = catalog == Catalog.JDBC;
        return new Lake(
                enabled,
                catalog,
                enabled
                        ? url(
                                "lake.uri",
                                jdbc ? "jdbc:" : "https?:",
                                jdbc
                                        ? "must be a JDBC URL, such as jdbc:postgresql://host:5432/name"
                                        : "must be the http or https address of the REST catalog")
                        : text("lake.uri"),
                text("lake.user"),
                environment.getOrDefault(LAKE_PASSWORD, ""),
                enabled && jdbc
                        ? parsed(
                                "lake.warehouse",
                                "must be a URI that every task manager sees, such as s3://bucket/path",
                                // A path without a scheme means another folder on each machine.
                                text -> SCHEME.matcher(text).matches() ? text : null)
                        : text("lake.warehouse"),
                integer("lake.buckets", 1, 1_024),
                passed(LAKE_CATALOG));
    }

    private Database database() {
        boolean enabled = bool("database.enabled");
        return new Database(
                enabled,
                enabled
                        ? url(
                                "database.url",
                                "jdbc:postgresql:",
                                "must be a PostgreSQL URL, such as"
                                        + " jdbc:postgresql://host:5432/name")
                        : text("database.url"),
                enabled
                        ? parsed(
                                "database.user",
                                "must be the name of a database user",
                                text -> isName(text) ? text : null)
                        : text("database.user"),
                environment.getOrDefault(DATABASE_PASSWORD, ""));
    }

    private String url(String key, String prefix, String allowed) {
        Given value = given.get(key);
        if (value != null && SECRET_IN_URL.matcher(value.value()).find()) {
            fault(
                    key,
                    value,
                    "must not hold a password; it comes from the environment, as "
                            + (key.startsWith("lake") ? LAKE_PASSWORD : DATABASE_PASSWORD));
            return DEFAULTS.get(key);
        }
        Pattern pattern = Pattern.compile(prefix + "\\S+");
        return parsed(key, allowed, text -> pattern.matcher(text).matches() ? text : null);
    }

    private String text(String key) {
        return parsed(key, "must be text", Function.identity());
    }

    private boolean bool(String key) {
        return parsed(
                key,
                "must be true or false",
                text ->
                        switch (text) {
                            case "true" -> Boolean.TRUE;
                            case "false" -> Boolean.FALSE;
                            default -> null;
                        });
    }

    private int integer(String key, int least, int most) {
        return Math.toIntExact(number(key, least, most));
    }

    private long number(String key, long least, long most) {
        return parsed(
                key,
                "must be a whole number from %d to %d".formatted(least, most),
                text ->
                        INTEGER.matcher(text).matches()
                                ? within(least, (Long) Long.parseLong(text), most)
                                : null);
    }

    private Duration duration(String key, Duration least, Duration most) {
        return parsed(
                key,
                "must be a time from %s to %s, such as 250ms, 15s, 1m or 2h"
                        .formatted(toText(least), toText(most)),
                text -> within(least, toDuration(text), most));
    }

    private <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        Map<String, E> byText = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byText.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return parsed(key, "must be " + String.join(" or ", byText.keySet()), byText::get);
    }

    private Map<String, String> passed(String family) {
        Map<String, String> properties = new TreeMap<>();
        given.forEach(
                (key, value) -> {
                    if (key.startsWith(family) && isPassed(key)) {
                        String text = substituted(key, value);
                        if (text != null) {
                            checkLimits(key, value, text);
                            properties.put(key.substring(family.length()), text);
                        }
                    }
                });
        return Collections.unmodifiableMap(properties);
    }

    private void checkLimits(String key, Given value, String text) {
        Limits limits = CLIENT_LIMITS.get(key);
        // What another config provider fills in is not known here.
        if (limits == null || WHOLLY_A_REFERENCE.matcher(text).matches()) {
            return;
        }
        boolean fits =
                INTEGER.matcher(text).matches()
                        && within(limits.least(), (Long) Long.parseLong(text), limits.most())
                                != null;
        if (!fits) {
            fault(
                    key,
                    value,
                    "must be a whole number from %d to %d"
                            .formatted(limits.least(), limits.most()));
        }
    }

    /**
     * The value of a key; after a fault its default, so that everything else is checked as well.
     *
     * @param parser null where the text is not allowed
     */
    private <T> T parsed(String key, String allowed, Function<String, T> parser) {
        Given value = given.get(key);
        if (value != null) {
            String text = substituted(key, value);
            T result = text == null ? null : parser.apply(text);
            if (result != null) {
                return result;
            }
            if (text != null) {
                fault(key, value, allowed);
            }
            return parser.apply(DEFAULTS.get(key));
        }
        T result = parser.apply(DEFAULTS.get(key));
        if (result == null) {
            // Another setting makes the default impossible, as lake.catalog=rest does a JDBC URI.
            fault(key, new Given(DEFAULTS.get(key), "default"), allowed);
        }
        return result;
    }

    /** The value with its environment variables; null, and a fault, where one is not set. */
    private String substituted(String key, Given value) {
        Matcher references = ENVIRONMENT_VARIABLE.matcher(value.value());
        boolean complete = true;
        StringBuilder text = new StringBuilder();
        while (references.find()) {
            String variable = environment.get(references.group(1));
            if (variable == null) {
                complete = false;
                fault(
                        key,
                        value,
                        "the environment variable %s must be set"
                                .formatted(shown("", references.group(1))));
                variable = "";
            }
            references.appendReplacement(text, Matcher.quoteReplacement(variable));
        }
        return complete ? references.appendTail(text).toString() : null;
    }

    private static Duration toDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static String toText(Duration time) {
        return time.toHours() > 0
                ? time.toHours() + "h"
                : time.toMinutes() > 0 ? time.toMinutes() + "m" : time.toSeconds() + "s";
    }

    private static <T extends Comparable<T>> T within(T least, T value, T most) {
        boolean fits = value != null && value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        return fits ? value : null;
    }

    // ---- how a fault is told

    private void fault(String key, Given value, String allowed) {
        faults.add(
                "%s: %s = %s: %s"
                        .formatted(
                                value.where(), shownText(key), shown(key, value.value()), allowed));
    }

    /** A value fit for a terminal and a log: no secret, no line break, not endless. */
    private static String shown(String key, String value) {
        if (SECRET_NAME.matcher(key).matches()
                || spellsOutASecret(value)
                || SECRET_IN_URL.matcher(value).find()) {
            return "(not shown)";
        }
        return "\"" + shownText(value) + "\"";
    }

    private static boolean spellsOutASecret(String value) {
        return SECRET_IN_TEXT.matcher(value).find();
    }

    private static String shownText(String text) {
        String cut =
                text.length() <= SHOWN_CHARACTERS
                        ? text
                        : text.substring(0, SHOWN_CHARACTERS) + "...";
        return cut.codePoints()
                .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
    }

    private static Map<String, String> inOrder(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }
}

package io.slackwater.pricing.settings;

import static io.slackwater.pricing.settings.ValueType.bool;
import static io.slackwater.pricing.settings.ValueType.duration;
import static io.slackwater.pricing.settings.ValueType.integer;
import static io.slackwater.pricing.settings.ValueType.number;
import static io.slackwater.pricing.settings.ValueType.oneOf;
import static io.slackwater.pricing.settings.ValueType.text;

import io.slackwater.pricing.settings.Settings.Catalog;
import io.slackwater.pricing.settings.Settings.Delivery;
import io.slackwater.pricing.settings.Settings.Mode;
import io.slackwater.pricing.settings.Settings.Publish;
import io.slackwater.pricing.settings.Settings.RulesHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every setting: key, default, what is allowed, and the field of {@link Settings} that holds it.
 * Declared once, here, in the order of {@code jobs/pricing.properties}.
 */
final class DeclaredSettings {

    // A declaration below adds itself; so this comes first.
    private static final List<Setting<?>> DECLARED = new ArrayList<>();

    private static final Pattern SERVER =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");
    private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");
    private static final Duration DAY = Duration.ofDays(1);

    /** 10^15 a level leaves room for the sum of thousands of such levels in 64 bits. */
    private static final long MOST_PIECES = 1_000_000_000_000_000L;

    static final ValueType<String> JDBC_URL =
            url("a JDBC URL, such as jdbc:postgresql://host:5432/name", "jdbc:");
    static final ValueType<String> REST_URL =
            url("the http or https address of the REST catalog", "https?:");
    private static final ValueType<String> POSTGRESQL_URL =
            url("a PostgreSQL URL, such as jdbc:postgresql://host:5432/name", "jdbc:postgresql:");

    static final Setting<Mode> MODE = declare("mode", "live", oneOf(Mode.class), Settings::mode);

    static final Setting<Boolean> START_FRESH =
            declare("start.fresh", "false", bool(), settings -> settings.start().fresh());

    // ---- Kafka

    static final Setting<String> BOOTSTRAP_SERVERS =
            declare(
                    "kafka.bootstrap.servers",
                    "localhost:9092",
                    text(
                            "host:port, or several with commas between",
                            text ->
                                    Stream.of(text.split(",", -1))
                                            .allMatch(DeclaredSettings::isServer)),
                    settings -> settings.kafka().bootstrapServers());

    static final Setting<String> ENVIRONMENT =
            declare(
                    "kafka.environment",
                    "dev",
                    text(
                            "1 to 40 of a-z, 0-9 and -",
                            text -> ENVIRONMENT_NAME.matcher(text).matches()),
                    settings -> settings.kafka().environment());

    static final Setting<Delivery> DELIVERY =
            declare(
                    "kafka.delivery",
                    "exactly-once",
                    oneOf(Delivery.class),
                    settings -> settings.kafka().delivery());

    static final Setting<Duration> TRANSACTION_TIMEOUT =
            declare(
                    "kafka.transaction.timeout",
                    "14m",
                    duration(Duration.ofMinutes(1), DAY),
                    settings -> settings.kafka().transactionTimeout());

    static final Setting<Boolean> CREATE_TOPICS =
            declare(
                    "kafka.topics.create",
                    "false",
                    bool(),
                    settings -> settings.kafka().createTopics());

    static final Setting<Integer> PARTITIONS =
            declare(
                    "kafka.topics.partitions",
                    "4",
                    integer(1, 10_000),
                    settings -> settings.kafka().partitions());

    static final Setting<Integer> REPLICATION =
            declare(
                    "kafka.topics.replication",
                    "1",
                    integer(1, 10),
                    settings -> settings.kafka().replication());

    static final Setting<Boolean> PRICE_TRACE =
            declare("kafka.price.trace", "true", bool(), settings -> settings.kafka().priceTrace());

    // ---- Input

    static final Setting<Long> QUANTITY_MIN =
            declare(
                    "input.quantity.min",
                    "-1000000000",
                    number(-MOST_PIECES, 0),
                    settings -> settings.input().quantityMin());

    static final Setting<Long> QUANTITY_MAX =
            declare(
                    "input.quantity.max",
                    "1000000000000",
                    number(0, MOST_PIECES),
                    settings -> settings.input().quantityMax());

    static final Setting<Duration> MAX_FUTURE =
            declare(
                    "input.max.future",
                    "10m",
                    duration(Duration.ZERO, Duration.ofDays(366)),
                    settings -> settings.input().maxFuture());

    static final Setting<Integer> MAX_WAREHOUSES =
            declare(
                    "input.max.warehouses",
                    "1000",
                    integer(1, 100_000),
                    settings -> settings.input().maxWarehouses());

    static final Setting<Boolean> COMPLETE_MESSAGES =
            declare(
                    "input.complete.messages",
                    "false",
                    bool(),
                    settings -> settings.input().completeMessages());

    static final Setting<Duration> OUT_OF_ORDERNESS =
            declare(
                    "input.out.of.orderness",
                    "5s",
                    duration(Duration.ZERO, DAY),
                    settings -> settings.input().outOfOrderness());

    static final Setting<Duration> IDLE_AFTER =
            declare(
                    "input.idle.after",
                    "15s",
                    duration(
                            "must be 0s (never) or a time from 1s to 24h, such as 15s",
                            "0s, or 1s to 24h",
                            time -> time.isZero() || isUpToADay(time)),
                    settings -> settings.input().idleAfter());

    // ---- Prices

    static final Setting<String> BOOK =
            declare(
                    "pricing.book",
                    "default",
                    text(
                            "1 to 256 characters, none of them a control character",
                            DeclaredSettings::isName),
                    settings -> settings.pricing().book());

    static final Setting<Integer> KEPT_VERSIONS =
            declare(
                    "pricing.kept.versions",
                    "20",
                    integer(1, 1_000),
                    settings -> settings.pricing().keptVersions());

    static final Setting<Publish> PUBLISH =
            declare(
                    "pricing.publish",
                    "changes",
                    oneOf(Publish.class),
                    settings -> settings.pricing().publish());

    static final Setting<Duration> WINDOW =
            declare(
                    "metrics.window",
                    "1m",
                    duration(
                            "must be a time from 1s to 24h that divides a day evenly, such as 1m",
                            "1s to 24h, dividing a day evenly",
                            time -> isUpToADay(time) && DAY.toMillis() % time.toMillis() == 0),
                    settings -> settings.pricing().window());

    static final Setting<Long> LOW_STOCK =
            declare(
                    "alerts.low.stock",
                    "10",
                    number(0, 1_000_000_000_000L),
                    settings -> settings.pricing().lowStock());

    static final Setting<Integer> PRICE_JUMP_PERCENT =
            declare(
                    "alerts.price.jump.percent",
                    "30",
                    integer(1, 10_000),
                    settings -> settings.pricing().priceJumpPercent());

    static final Setting<Integer> BREAKER_SHARE_PERCENT =
            declare(
                    "rules.breaker.share.percent",
                    "50",
                    integer(0, 100),
                    settings -> settings.pricing().breakerSharePercent());

    static final Setting<Integer> BREAKER_MOVE_PERCENT =
            declare(
                    "rules.breaker.move.percent",
                    "50",
                    integer(1, 10_000),
                    settings -> settings.pricing().breakerMovePercent());

    static final Setting<RulesHistory> RULES_HISTORY =
            declare(
                    "rules.history",
                    "topic",
                    oneOf(RulesHistory.class),
                    "topic; lake, where lake.enabled is true",
                    settings -> settings.start().rulesHistory());

    // ---- The lake. What is asked of its address depends on the kind of its catalog.

    static final Setting<Boolean> LAKE_ENABLED =
            declare("lake.enabled", "true", bool(), settings -> settings.lake().enabled());

    static final Setting<Catalog> LAKE_CATALOG =
            declare(
                    "lake.catalog",
                    "jdbc",
                    oneOf(Catalog.class),
                    settings -> settings.lake().catalog());

    static final Setting<String> LAKE_URI =
            declare(
                    "lake.uri",
                    "jdbc:postgresql://localhost:5432/slackwater",
                    JDBC_URL,
                    "jdbc:... with a JDBC catalog; http://... or https://... with a REST catalog",
                    settings -> settings.lake().uri());

    static final Setting<String> LAKE_USER =
            declare(
                    "lake.user",
                    "slackwater",
                    ValueType.anyText(),
                    "any text; not used by a REST catalog",
                    settings -> settings.lake().user());

    static final Setting<String> LAKE_WAREHOUSE =
            declare(
                    "lake.warehouse",
                    "file:///tmp/slackwater/warehouse",
                    text(
                            "a URI that every task manager sees, such as s3://bucket/path",
                            // A path without a scheme means another folder on each machine.
                            text -> SCHEME.matcher(text).matches()),
                    "a URI with its scheme; with a REST catalog also the name that it knows, or"
                            + " nothing",
                    settings -> settings.lake().warehouse());

    static final Setting<Integer> LAKE_BUCKETS =
            declare("lake.buckets", "4", integer(1, 1_024), settings -> settings.lake().buckets());

    // ---- The database

    static final Setting<Boolean> DATABASE_ENABLED =
            declare("database.enabled", "true", bool(), settings -> settings.database().enabled());

    static final Setting<String> DATABASE_URL =
            declare(
                    "database.url",
                    "jdbc:postgresql://localhost:5432/slackwater",
                    POSTGRESQL_URL,
                    "jdbc:postgresql:...",
                    settings -> settings.database().url());

    static final Setting<String> DATABASE_USER =
            declare(
                    "database.user",
                    "slackwater",
                    text("the name of a database user", DeclaredSettings::isName),
                    "1 to 256 characters",
                    settings -> settings.database().user());

    private DeclaredSettings() {}

    /** Returns every setting, in the order of {@code jobs/pricing.properties}. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(DECLARED);
    }

    private static <T> Setting<T> declare(
            String key, String defaultText, ValueType<T> type, Function<Settings, T> field) {
        return declare(key, defaultText, type, type.allowed(), field);
    }

    private static <T> Setting<T> declare(
            String key,
            String defaultText,
            ValueType<T> type,
            String allowed,
            Function<Settings, T> field) {
        Setting<T> setting = new Setting<>(key, defaultText, type, allowed, field);
        DECLARED.add(setting);
        return setting;
    }

    private static ValueType<String> url(String allowed, String prefix) {
        Pattern pattern = Pattern.compile(prefix + "\\S+");
        return text(allowed, text -> pattern.matcher(text).matches());
    }

    private static boolean isServer(String text) {
        String server = text.trim();
        if (!SERVER.matcher(server).matches()) {
            return false;
        }
        int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
        return port >= 1 && port <= 65_535;
    }

    private static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= 256
                && text.chars().noneMatch(Character::isISOControl);
    }

    private static boolean isUpToADay(Duration time) {
        return time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(DAY) <= 0;
    }
}

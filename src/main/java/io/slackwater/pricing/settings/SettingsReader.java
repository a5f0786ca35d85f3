package io.slackwater.pricing.settings;

import io.slackwater.pricing.settings.Settings.Catalog;
import io.slackwater.pricing.settings.Settings.Database;
import io.slackwater.pricing.settings.Settings.Input;
import io.slackwater.pricing.settings.Settings.Kafka;
import io.slackwater.pricing.settings.Settings.Lake;
import io.slackwater.pricing.settings.Settings.Pricing;
import io.slackwater.pricing.settings.Settings.RulesHistory;
import io.slackwater.pricing.settings.Settings.Start;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the {@link Settings}: built-in defaults, over them a properties file ({@code --settings
 * FILE}, UTF-8), over that the command line ({@code --key value} or {@code --key=value}; given
 * twice, the last one counts). {@link DeclaredSettings} has every key with its default and what is
 * allowed; what each means stands in {@code jobs/pricing.properties}.
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

    private static final Pattern ENVIRONMENT_VARIABLE = Pattern.compile("\\$\\{env:([^}]*)}");

    private final Map<String, String> environment;
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Faults faults = new Faults();

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
        if (!reader.faults.all().isEmpty()) {
            throw new SettingsException(reader.faults.all());
        }
        return settings;
    }

    /**
     * Every key with its default, in the order of {@code jobs/pricing.properties}. The families
     * {@code kafka.client.NAME} and {@code lake.catalog.NAME} have none and are not in it.
     */
    public static Map<String, String> defaults() {
        return byKey(Setting::defaultText);
    }

    /** Every key with what is allowed, in the same order and as the same file says it. */
    public static Map<String, String> allowed() {
        return byKey(Setting::allowed);
    }

    private static Map<String, String> byKey(Function<Setting<?>, String> text) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Setting<?> setting : DeclaredSettings.all()) {
            texts.put(setting.key(), text.apply(setting));
        }
        return Collections.unmodifiableMap(texts);
    }

    // ---- where values come from

    private void readSources(String[] args) {
        Map<String, Given> commandLine = readCommandLine(args);
        Given file = commandLine.remove("settings");
        if (file != null) {
            given.putAll(SettingsFile.read(file, faults));
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
                                .formatted(where, i + 1, Faults.shown("", arg)));
                continue;
            }
            int equals = arg.indexOf('=');
            if (equals > 0) {
                String key = arg.substring(2, equals);
                found.put(key, new Given(arg.substring(equals + 1).trim(), where));
            } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
                found.put(arg.substring(2), new Given(args[++i].trim(), where));
            } else {
                faults.add("%s: %s: a value must follow".formatted(where, Faults.shown("", arg)));
            }
        }
        return found;
    }

    private void checkName(String key, Given value) {
        if (DeclaredSettings.all().stream().anyMatch(setting -> setting.key().equals(key))) {
            return;
        }
        if (HandedThrough.isOne(key)) {
            HandedThrough.check(key, value, faults);
        } else if (Secrets.isNamedLikeOne(key)) {
            faults.add(key, value, "must come from the environment, as " + Secrets.variables(key));
        } else if (key.equals("settings")) {
            faults.add(
                    key, value, "must be on the command line; a settings file cannot name another");
        } else {
            faults.add(key, value, "no such setting" + Spelling.didYouMean(key));
        }
    }

    // ---- values to records

    private Settings settings() {
        return checkedTogether(
                new Settings(
                        value(DeclaredSettings.MODE),
                        start(),
                        kafka(),
                        input(),
                        pricing(),
                        lake(),
                        database()));
    }

    /** What two settings say together. */
    private Settings checkedTogether(Settings settings) {
        if (settings.start().rulesHistory() == RulesHistory.LAKE && !settings.lake().enabled()) {
            String key = DeclaredSettings.RULES_HISTORY.key();
            faults.add(key, given.get(key), "must be topic where lake.enabled is false");
        }
        return settings;
    }

    private Start start() {
        return new Start(
                value(DeclaredSettings.START_FRESH), value(DeclaredSettings.RULES_HISTORY));
    }

    private Kafka kafka() {
        return new Kafka(
                value(DeclaredSettings.BOOTSTRAP_SERVERS),
                value(DeclaredSettings.ENVIRONMENT),
                value(DeclaredSettings.DELIVERY),
                value(DeclaredSettings.TRANSACTION_TIMEOUT),
                value(DeclaredSettings.CREATE_TOPICS),
                value(DeclaredSettings.PARTITIONS),
                value(DeclaredSettings.REPLICATION),
                value(DeclaredSettings.PRICE_TRACE),
                handedThrough(HandedThrough.KAFKA_CLIENT));
    }

    private Input input() {
        return new Input(
                value(DeclaredSettings.QUANTITY_MIN),
                value(DeclaredSettings.QUANTITY_MAX),
                value(DeclaredSettings.MAX_FUTURE),
                value(DeclaredSettings.MAX_WAREHOUSES),
                value(DeclaredSettings.COMPLETE_MESSAGES),
                value(DeclaredSettings.OUT_OF_ORDERNESS),
                value(DeclaredSettings.IDLE_AFTER));
    }

    private Pricing pricing() {
        return new Pricing(
                value(DeclaredSettings.BOOK),
                value(DeclaredSettings.KEPT_VERSIONS),
                value(DeclaredSettings.PUBLISH),
                value(DeclaredSettings.WINDOW),
                value(DeclaredSettings.LOW_STOCK),
                value(DeclaredSettings.PRICE_JUMP_PERCENT),
                value(DeclaredSettings.BREAKER_SHARE_PERCENT),
                value(DeclaredSettings.BREAKER_MOVE_PERCENT),
                true);
    }

    private Lake lake() {
        boolean enabled = value(DeclaredSettings.LAKE_ENABLED);
        Catalog catalog = value(DeclaredSettings.LAKE_CATALOG);
        boolean jdbc = catalog == Catalog.JDBC;
        ValueType<String> address = jdbc ? DeclaredSettings.JDBC_URL : DeclaredSettings.REST_URL;
        return new Lake(
                enabled,
                catalog,
                enabled
                        ? url(DeclaredSettings.LAKE_URI, address)
                        : anyText(DeclaredSettings.LAKE_URI),
                value(DeclaredSettings.LAKE_USER),
                environment.getOrDefault(LAKE_PASSWORD, ""),
                enabled && jdbc
                        ? value(DeclaredSettings.LAKE_WAREHOUSE)
                        : anyText(DeclaredSettings.LAKE_WAREHOUSE),
                value(DeclaredSettings.LAKE_BUCKETS),
                handedThrough(HandedThrough.LAKE_CATALOG));
    }

    private Database database() {
        boolean enabled = value(DeclaredSettings.DATABASE_ENABLED);
        Setting<String> url = DeclaredSettings.DATABASE_URL;
        Setting<String> user = DeclaredSettings.DATABASE_USER;
        return new Database(
                enabled,
                enabled ? url(url, url.type()) : anyText(url),
                enabled ? value(user) : anyText(user),
                environment.getOrDefault(DATABASE_PASSWORD, ""));
    }

    // ---- one value

    private <T> T value(Setting<T> setting) {
        return value(setting, setting.type());
    }

    /** A value of which nothing is asked, as its output is off. */
    private String anyText(Setting<String> setting) {
        return value(setting, ValueType.anyText());
    }

    private String url(Setting<String> setting, ValueType<String> type) {
        String key = setting.key();
        Given value = given.get(key);
        if (value != null && Secrets.isPasswordInUrl(value.value())) {
            faults.add(
                    key,
                    value,
                    "must not hold a password; it comes from the environment, as "
                            + Secrets.variables(key));
            return setting.defaultText();
        }
        return value(setting, type);
    }

    /**
     * The value of a setting; after a fault its default, so that everything else is checked as
     * well.
     *
     * @param type what is asked of it where another setting decides that
     */
    private <T> T value(Setting<T> setting, ValueType<T> type) {
        String key = setting.key();
        Given value = given.get(key);
        if (value != null) {
            String text = substituted(key, value);
            T result = text == null ? null : type.parse(text);
            if (result != null) {
                return result;
            }
            if (text != null) {
                faults.add(key, value, type.fault());
            }
            return type.parse(setting.defaultText());
        }
        T result = type.parse(setting.defaultText());
        if (result == null) {
            // Another setting makes the default impossible, as lake.catalog=rest does a JDBC URI.
            faults.add(key, new Given(setting.defaultText(), "default"), type.fault());
        }
        return result;
    }

    private Map<String, String> handedThrough(String family) {
        Map<String, String> properties = new TreeMap<>();
        given.forEach(
                (key, value) -> {
                    if (key.startsWith(family) && HandedThrough.isOne(key)) {
                        String text = substituted(key, value);
                        if (text != null) {
                            HandedThrough.checkLimits(key, value, text, faults);
                            properties.put(key.substring(family.length()), text);
                        }
                    }
                });
        return Collections.unmodifiableMap(properties);
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
                faults.add(
                        key,
                        value,
                        "the environment variable %s must be set"
                                .formatted(Faults.shown("", references.group(1))));
                variable = "";
            }
            references.appendReplacement(text, Matcher.quoteReplacement(variable));
        }
        return complete ? references.appendTail(text).toString() : null;
    }
}

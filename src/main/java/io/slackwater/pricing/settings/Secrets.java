package io.slackwater.pricing.settings;

import java.util.regex.Pattern;

/** Recognizes secrets, by the name of a key or inside a value. */
final class Secrets {

    private static final Pattern WHOLLY_A_REFERENCE = Pattern.compile("\\$\\{[^{}]+}");

    /** Names of Kafka and Iceberg properties whose value is a secret. */
    private static final Pattern NAME =
            Pattern.compile(
                    "(?i).*(password|secret|secret-?access-?key|private-?key|ssl\\.keystore\\.key)"
                            + "|(.*[.-])?(token|credential)");

    /** A secret spelled out inside a value, as in a JAAS line: its name, "=", no reference. */
    private static final Pattern IN_TEXT =
            Pattern.compile("(?i)(password|secret)\\s*=\\s*+(?!\\s*[\"']?\\$\\{)");

    /** A password inside a URL: a parameter, or user:password before the host. */
    private static final Pattern IN_URL =
            Pattern.compile("(?i)[?&;](ssl)?password=|//[^/@?]*:[^/@?]*@");

    private Secrets() {}

    /** Returns whether the value of a key of this name is a secret. */
    static boolean isNamedLikeOne(String key) {
        return NAME.matcher(key).matches();
    }

    /** Returns whether a value holds a secret after its name. */
    static boolean isSpelledOut(String value) {
        return IN_TEXT.matcher(value).find();
    }

    /** Returns whether a URL holds a password. */
    static boolean isPasswordInUrl(String url) {
        return IN_URL.matcher(url).find();
    }

    /** Returns whether a value is a reference and nothing else, such as {@code ${env:NAME}}. */
    static boolean isReference(String value) {
        return WHOLLY_A_REFERENCE.matcher(value).matches();
    }

    /** The environment variable, or variables, that a key which is refused stands for. */
    static String variables(String key) {
        return key.startsWith("lake")
                ? SettingsReader.LAKE_PASSWORD
                : key.startsWith("database")
                        ? SettingsReader.DATABASE_PASSWORD
                        : SettingsReader.DATABASE_PASSWORD + " or " + SettingsReader.LAKE_PASSWORD;
    }
}

package io.slackwater.pricing.tools;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the commands that publish. */
final class PublishOptions {

    @Option(
            names = "--force",
            description =
                    "publish it although it moves more prices than the circuit breaker allows; kept"
                            + " in the book's history")
    boolean force;

    @Option(names = "--comment", paramLabel = "TEXT", description = "why it is published")
    String comment;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Time.class,
            description =
                    "how long to wait for the job's answers, such as 30s or 5m; 0s: not at all"
                            + " (default: 60s)")
    Duration wait;

    @Option(
            names = "--dry-run",
            description = "say what would be published and how it differs; publish nothing")
    boolean dryRun;

    @Option(names = "--json", description = "for machines")
    boolean json;

    /** Seconds, minutes or hours. */
    static final class Time implements ITypeConverter<Duration> {

        private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smh])");

        @Override
        public Duration convert(String text) {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw new TypeConversionException(
                        "'" + text + "'; a time such as 30s, 5m or 1h is allowed");
            }
            long number = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
    }
}

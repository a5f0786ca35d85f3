package io.slackwater.pricing.demo;

import io.slackwater.pricing.tools.Local;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code jobs/demo} is told; its help text has the meanings and defaults.
 *
 * @param runFor how long traffic is sent; null: until Ctrl-C, or until the file is played out
 * @param rate messages a second on average, of the shop
 * @param seed of the shop
 * @param uiPort of Flink's web UI; null: 8081 or the next free one
 * @param pagePort of the live page; null: 8090 or the next free one
 * @param messages JSON lines to play instead of the shop; null: the shop
 * @param rules a rule book; null: those of jobs/books
 * @param catalog catalog entries as JSON lines; null: those of jobs/books with the shop, none with
 *     a file
 * @param speed times real time at which the file is played; 0: as fast as the machine can
 * @param stay whether the demo goes on when the file is played out
 * @param keep where the data stay; null: they are deleted
 * @param settings of the job, over those of the demo
 */
record DemoOptions(
        Duration runFor,
        double rate,
        long seed,
        Integer uiPort,
        Integer pagePort,
        Path messages,
        Path rules,
        Path catalog,
        double speed,
        boolean stay,
        Path keep,
        List<String> settings) {

    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smh])");

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException with one sentence that says what is wrong
     */
    static DemoOptions parse(String... args) {
        Duration runFor = null;
        double rate = 200;
        long seed = 1;
        Integer uiPort = null;
        Integer pagePort = null;
        Path messages = null;
        Path rules = null;
        Path catalog = null;
        double speed = 0;
        boolean stay = false;
        Path keep = null;
        int i = 0;
        for (; i < args.length && !args[i].equals("--"); i++) {
            String option = args[i];
            if (option.equals("--stay")) {
                stay = true;
                continue;
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(
                        (option.startsWith("--") ? option + " needs a value" : "what is " + option)
                                + "; see --help.");
            }
            String value = args[++i];
            switch (option) {
                case "--for" -> runFor = duration(value);
                case "--rate" -> rate = number(option, value, 1, 100_000);
                case "--seed" -> seed = (long) number(option, value, 0, 1e15);
                case "--ui-port" -> uiPort = Local.port(value);
                case "--page-port" -> pagePort = Local.port(option, value);
                case "--messages" -> messages = Path.of(value);
                case "--rules" -> rules = Path.of(value);
                case "--catalog" -> catalog = Path.of(value);
                case "--speed" -> speed = number(option, value, 0.001, 1e9);
                case "--keep" -> keep = Path.of(value).toAbsolutePath();
                default ->
                        throw new IllegalArgumentException(
                                "unknown option " + option + "; see --help.");
            }
        }
        if (messages == null && (speed > 0 || stay)) {
            throw new IllegalArgumentException(
                    "--speed and --stay say how --messages are played, and are given without it.");
        }
        List<String> settings = List.of(args).subList(Math.min(i + 1, args.length), args.length);
        return new DemoOptions(
                runFor, rate, seed, uiPort, pagePort, messages, rules, catalog, speed, stay, keep,
                settings);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--for is '" + text + "'; a time such as 90s, 5m or 2h is allowed.");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static double number(String option, String text, double least, double most) {
        try {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is allowed.
        }
        throw new IllegalArgumentException(
                "%s is '%s'; a number from %s to %s is allowed."
                        .formatted(option, text, plain(least), plain(most)));
    }

    private static String plain(double number) {
        return new java.math.BigDecimal(Double.toString(number))
                .stripTrailingZeros()
                .toPlainString();
    }
}

package io.slackwater.pricing.json;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Times as JSON spells them, to and from epoch milliseconds (UTC). Read: ISO-8601 with an offset
 * ({@code Z}, {@code +01:00}, {@code +0100} or {@code +01}), seconds and their fraction optional, a
 * comma as good as a point before the fraction, years 0000 to 9999. Written: ISO-8601, {@code Z},
 * exactly three digits of milliseconds.
 *
 * <p>The common shape {@code 2026-11-21T08:00:00[.123]Z} is read and written by hand, because it
 * stands in every message; java.time, several times slower, reads the other shapes.
 */
public final class Instants {

    /** What {@link #parse} answers when the text is not a time. */
    public static final long INVALID = Long.MIN_VALUE;

    /** 9999-12-31T23:59:59.999Z, the last instant that can be read. */
    public static final long MAX = 253_402_300_799_999L;

    /**
     * 2000-01-01T00:00:00Z: no book or rule begins or ends earlier. A time before it is a slip,
     * most often epoch seconds read as milliseconds.
     */
    public static final long EARLIEST = 946_684_800_000L;

    /** The ASCII characters that {@link #format(long, byte[])} writes. */
    static final int LENGTH = 24;

    /** 0000-01-01T00:00:00Z, the first instant that can be read. */
    private static final long MIN = -62_167_219_200_000L;

    private static final long DAY = 86_400_000L;
    private static final int DAYS_OF_400_YEARS = 146_097;
    private static final int DAYS_FROM_YEAR_0_TO_1970 = 719_468;

    /** No time is longer: date, time, nanoseconds and an offset with seconds are 38 characters. */
    private static final int MAX_LENGTH = 40;

    /** Where the fraction of a second begins, and the seconds. */
    private static final int BEFORE_FRACTION = 19;

    private static final int BEFORE_SECONDS = 16;

    private Instants() {}

    /**
     * Reads a time with an offset, such as {@code 2026-11-21T08:00:00Z}, {@code
     * 2026-11-21T09:00+01:00} or {@code 2026-11-21T09:00:00,5+0100}. What is finer than a
     * millisecond is cut off.
     *
     * @return epoch milliseconds, negative before 1970, or {@link #INVALID}: not ISO-8601, no
     *     offset, no such day, {@code 24:00}, a leap second, or a year outside 0000 to 9999
     */
    public static long parse(String text) {
        return parse(text.toCharArray(), 0, text.length());
    }

    /** Like {@link #parse(String)}, of a part of a buffer. */
    static long parse(char[] text, int from, int length) {
        if (length == 20 || length == LENGTH) {
            long millis = parseCommonShape(text, from, length);
            if (millis != INVALID) {
                return millis;
            }
        }
        return length > MAX_LENGTH ? INVALID : parseAnyShape(new String(text, from, length));
    }

    /** Writes {@code 2026-11-21T08:00:00.000Z}; any instant, also those that cannot be read. */
    public static String format(long epochMillis) {
        if (epochMillis < MIN || epochMillis > MAX) {
            return Instant.ofEpochMilli(epochMillis).toString();
        }
        byte[] text = new byte[LENGTH];
        format(epochMillis, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /** Returns whether {@link #format(long, byte[])} can write it. */
    static boolean isFormattable(long epochMillis) {
        return epochMillis >= MIN && epochMillis <= MAX;
    }

    /**
     * Writes the {@link #LENGTH} characters of an instant of the years 0000 to 9999. The calendar
     * is Howard Hinnant's {@code civil_from_days}: years begin in March, so that the leap day is
     * the last.
     */
    static void format(long epochMillis, byte[] out) {
        int day = (int) Math.floorDiv(epochMillis, DAY);
        int millis = (int) (epochMillis - day * DAY);
        int days = day + DAYS_FROM_YEAR_0_TO_1970;
        int era = Math.floorDiv(days, DAYS_OF_400_YEARS);
        int dayOfEra = days - era * DAYS_OF_400_YEARS;
        int yearOfEra =
                (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        two(out, 0, year / 100);
        two(out, 2, year % 100);
        out[4] = '-';
        two(out, 5, month);
        out[7] = '-';
        two(out, 8, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1);
        out[10] = 'T';
        two(out, 11, millis / 3_600_000);
        out[13] = ':';
        two(out, 14, millis / 60_000 % 60);
        out[16] = ':';
        two(out, 17, millis / 1_000 % 60);
        out[19] = '.';
        out[20] = (byte) ('0' + millis / 100 % 10);
        two(out, 21, millis % 100);
        out[23] = 'Z';
    }

    private static void two(byte[] out, int at, int number) {
        out[at] = (byte) ('0' + number / 10);
        out[at + 1] = (byte) ('0' + number % 10);
    }

    /** {@code yyyy-MM-ddTHH:mm:ssZ} or {@code yyyy-MM-ddTHH:mm:ss.SSSZ}. */
    private static long parseCommonShape(char[] text, int from, int length) {
        if (text[from + 4] != '-'
                || text[from + 7] != '-'
                || text[from + 10] != 'T'
                || text[from + 13] != ':'
                || text[from + 16] != ':'
                || text[from + length - 1] != 'Z') {
            return INVALID;
        }
        int century = two(text, from);
        int yearOfCentury = two(text, from + 2);
        int month = two(text, from + 5);
        int day = two(text, from + 8);
        int hour = two(text, from + 11);
        int minute = two(text, from + 14);
        int second = two(text, from + 17);
        int millis = 0;
        if (length == LENGTH) {
            int tenths = text[from + 20] - '0';
            int rest = two(text, from + 21);
            boolean point = text[from + 19] == '.' || text[from + 19] == ',';
            if (!point || tenths < 0 || tenths > 9 || rest < 0) {
                return INVALID;
            }
            millis = tenths * 100 + rest;
        }
        int year = century * 100 + yearOfCentury;
        // A negative number is not two digits; or-ing finds any of them.
        if ((century | yearOfCentury | month | day | hour | minute | second) < 0
                || month < 1
                || month > 12
                || day < 1
                || day > lengthOfMonth(year, month)
                || hour > 23
                || minute > 59
                || second > 59) {
            return INVALID;
        }
        long secondOfDay = hour * 3_600L + minute * 60L + second;
        return epochDay(year, month, day) * DAY + secondOfDay * 1_000 + millis;
    }

    /** Two digits as a number; negative when they are not two digits. */
    private static int two(char[] text, int at) {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    private static int lengthOfMonth(int year, int month) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** Howard Hinnant's {@code days_from_civil}, for years from 0 on. */
    private static long epochDay(int year, int month, int day) {
        int yearFromMarch = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(yearFromMarch, 400);
        int yearOfEra = yearFromMarch - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * DAYS_OF_400_YEARS + dayOfEra - DAYS_FROM_YEAR_0_TO_1970;
    }

    private static long parseAnyShape(String text) {
        try {
            OffsetDateTime time =
                    OffsetDateTime.parse(usual(text), DateTimeFormatter.ISO_OFFSET_DATE_TIME);
            long millis = time.toInstant().toEpochMilli();
            return isFormattable(millis) ? millis : INVALID;
        } catch (DateTimeException notATime) {
            return INVALID;
        }
    }

    /** The same time with a point for a comma and {@code +01:00} for {@code +0100} or +01. */
    private static String usual(String text) {
        StringBuilder usual = new StringBuilder(text);
        if (text.length() > BEFORE_FRACTION && text.charAt(BEFORE_FRACTION) == ',') {
            usual.setCharAt(BEFORE_FRACTION, '.');
        }
        // Not the hyphens of the date.
        int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        if (sign >= BEFORE_SECONDS) {
            int length = text.length() - sign - 1;
            boolean digits = text.chars().skip(sign + 1L).allMatch(c -> c >= '0' && c <= '9');
            if (digits && length == 2) {
                usual.append(":00");
            } else if (digits && length == 4) {
                usual.insert(sign + 3, ':');
            }
        }
        return usual.toString();
    }
}

// printf, as much of it as is needed here.
#include "library.h"

struct output { char *to; size_t room; int length; };

static void put(struct output *output, char character)
{
	if ((size_t)output->length + 1 < output->room) output->to[output->length] = character;
	output->length++;
}

static void put_padded(struct output *output, const char *text, int length, int width, bool is_left)
{
	for (int at = length; !is_left && at < width; at++) put(output, ' ');
	for (int at = 0; at < length; at++) put(output, text[at]);
	for (int at = length; is_left && at < width; at++) put(output, ' ');
}

static void put_number(struct output *output, uint64_t value, unsigned base, const char *digits, bool is_negative, int width, char pad, bool is_left)
{
	char text[32];
	int at = sizeof text;
	do text[--at] = digits[value % base]; while ((value /= base) != 0);
	while (pad == '0' && (int)sizeof text - at + is_negative < width && at > 1) text[--at] = '0';
	if (is_negative) text[--at] = '-';
	put_padded(output, text + at, (int)sizeof text - at, width, is_left);
}

// One conversion; `pattern` is behind the percent sign. Returns what follows it.
static const char *convert(struct output *output, const char *pattern, va_list *arguments)
{
	bool is_left = false;
	char pad = ' ';
	int width = 0, longs = 0;
	for (; *pattern == '-' || *pattern == '0'; pattern++) *pattern == '-' ? (void)(is_left = true) : (void)(pad = '0');
	for (; *pattern >= '0' && *pattern <= '9'; pattern++) width = width * 10 + *pattern - '0';
	for (; *pattern == 'l'; pattern++) longs++;
	uint64_t value = 0;
	switch (*pattern) {
	case 'c': put(output, (char)va_arg(*arguments, int)); break;
	case 's': {
		const char *text = va_arg(*arguments, const char *);
		put_padded(output, text, (int)strlen(text), width, is_left);
		break;
	}
	case 'd': {
		int64_t number = longs == 2 ? va_arg(*arguments, int64_t) : va_arg(*arguments, int32_t);
		put_number(output, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, "0123456789", number < 0, width, pad, is_left);
		break;
	}
	case 'u': case 'x': case 'X': case 'p':
		value = longs == 2 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t);
		put_number(output, value, *pattern == 'u' ? 10 : 16, *pattern == 'X' ? "0123456789ABCDEF" : "0123456789abcdef", false, width, pad, is_left);
		break;
	default: put(output, *pattern); break;
	}
	return pattern + 1;
}

int vformat(char *to, size_t room, const char *pattern, va_list arguments)
{
	struct output output = { to, room, 0 };
	va_list rest;
	va_copy(rest, arguments);
	while (*pattern != 0) {
		if (*pattern == '%') pattern = convert(&output, pattern + 1, &rest);
		else put(&output, *pattern++);
	}
	va_end(rest);
	if (room > 0) to[(size_t)output.length < room ? (size_t)output.length : room - 1] = 0;
	return output.length;
}

int format(char *to, size_t room, const char *pattern, ...)
{
	va_list arguments;
	va_start(arguments, pattern);
	int length = vformat(to, room, pattern, arguments);
	va_end(arguments);
	return length;
}

void print(const char *pattern, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, pattern);
	int length = vformat(text, sizeof text, pattern, arguments);
	va_end(arguments);
	print_text(text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

/* Judge one iCalendar file with libical: parse it, apply the iTIP restrictions of RFC 5546,
 * and print every complaint. Exit 0 when there is none, 1 when there are, 2 when it cannot judge. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16 * 1024 * 1024 };

static char *whole_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    char *text = calloc(LARGEST + 1, 1);
    size_t octets = text == NULL ? 0 : fread(text, 1, LARGEST, file);
    fclose(file);
    if (octets == 0 || octets == LARGEST || strlen(text) != octets) {
        free(text);
        return NULL;
    }
    return text;
}

/* libical leaves its complaints in the tree, as X-LIC-ERROR properties. */
static void print_complaints(icalcomponent *component)
{
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
    while (property != NULL) {
        printf("%s: %s\n", icalcomponent_kind_to_string(icalcomponent_isa(component)),
               icalproperty_get_xlicerror(property));
        property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY);
    }
    icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
    while (inner != NULL) {
        print_complaints(inner);
        inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT);
    }
}

int main(int count, char **arguments)
{
    char *text = count == 2 ? whole_file(arguments[1]) : NULL;
    if (text == NULL) {
        fprintf(stderr, "usage: libical_check FILE (text, not empty, under 16 MiB)\n");
        return 2;
    }
    icalerror_set_errors_are_fatal(0);
    ical_set_unknown_token_handling_setting(ICAL_TREAT_AS_ERROR);

    icalcomponent *calendar = icalparser_parse_string(text);
    free(text);
    if (calendar == NULL || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        printf("not one VCALENDAR\n");
        return 1;
    }
    int restrictions_met = icalrestriction_check(calendar);
    int complaints = icalcomponent_count_errors(calendar);
    print_complaints(calendar);
    printf("events=%d complaints=%d restrictions_met=%d\n",
           icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), complaints,
           restrictions_met);
    icalcomponent_free(calendar);
    return complaints == 0 && restrictions_met ? 0 : 1;
}

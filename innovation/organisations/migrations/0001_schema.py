import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import innovation.organisations.models.fields
import innovation.organisations.models.roles
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from innovation.organisations.models.organisation import LOCAL_CODE_SEQUENCE
from innovation.organisations.models.search import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):

    replaces = [('organisations', '0001_initial'), ('organisations', '0003_in_directory')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        # The functions stand first: the triggers and checks below call them.
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(LOCAL_CODE_SEQUENCE, 'DROP SEQUENCE organisations_local_code'),
        migrations.CreateModel(
            name='Industry',
            fields=[
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('name_zh', models.CharField(max_length=100, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('is_current', models.BooleanField(default=True, verbose_name='current')),
                ('code', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='code')),
                ('level', models.CharField(choices=[('section', 'Section'), ('division', 'Division'), ('group', 'Group'), ('class', 'Class')], max_length=10, verbose_name='level')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisations.industry', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'industry',
                'verbose_name_plural': 'industries',
                'ordering': ['code'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('code__regex', '^[A-Z]$'), ('level', 'section'), ('parent', None)), models.Q(('code__regex', '^[A-Z][0-9]{2}$'), ('level', 'division'), ('parent__isnull', False)), models.Q(('code__regex', '^[A-Z][0-9]{3}$'), ('level', 'group'), ('parent__isnull', False)), models.Q(('code__regex', '^[A-Z][0-9]{4}$'), ('level', 'class'), ('parent__isnull', False)), _connector='OR'), name='organisations_industry_code_fits_level', violation_error_message='The code does not fit its level.')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='industry_search')],
            },
        ),
        migrations.CreateModel(
            name='IndustryEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.industry')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('name_zh', models.CharField(max_length=100, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('is_current', models.BooleanField(default=True, verbose_name='current')),
                ('code', models.CharField(max_length=5, serialize=False, verbose_name='code')),
                ('level', models.CharField(choices=[('section', 'Section'), ('division', 'Division'), ('group', 'Group'), ('class', 'Class')], max_length=10, verbose_name='level')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.industry', verbose_name='part of')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('name_zh', models.CharField(max_length=100, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('is_current', models.BooleanField(default=True, verbose_name='current')),
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='code')),
                ('level', models.CharField(choices=[('province', 'Province'), ('city', 'City or prefecture'), ('county', 'County or district')], max_length=10, verbose_name='level')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisations.division', verbose_name='part of')),
                ('full_name_zh', models.CharField(max_length=200, verbose_name='full Chinese name')),
                ('placeholder', models.BooleanField(default=False, help_text='A link of the tree that names no place, such as 市辖区.', verbose_name='placeholder')),
            ],
            options={
                'verbose_name': 'administrative division',
                'verbose_name_plural': 'administrative divisions',
                'ordering': ['code'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('code__regex', '^[0-9]{2}0000$'), ('level', 'province'), ('parent', None)), models.Q(('code__regex', '^[0-9]{4}00$'), ('level', 'city'), ('parent__isnull', False)), models.Q(('code__regex', '^[0-9]{6}$'), ('level', 'county'), ('parent__isnull', False)), _connector='OR'), name='organisations_division_code_fits_level', violation_error_message='The code does not fit its level.')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='division_search')],
            },
        ),
        migrations.CreateModel(
            name='DivisionEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.division')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('name_zh', models.CharField(max_length=100, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('is_current', models.BooleanField(default=True, verbose_name='current')),
                ('code', models.CharField(max_length=6, serialize=False, verbose_name='code')),
                ('level', models.CharField(choices=[('province', 'Province'), ('city', 'City or prefecture'), ('county', 'County or district')], max_length=10, verbose_name='level')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.division', verbose_name='part of')),
                ('full_name_zh', models.CharField(max_length=200, verbose_name='full Chinese name')),
                ('placeholder', models.BooleanField(default=False, help_text='A link of the tree that names no place, such as 市辖区.', verbose_name='placeholder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('uscc', innovation.organisations.models.fields.UsccField(blank=True, max_length=18, null=True, unique=True, verbose_name='unified social credit code')),
                ('local_code', models.CharField(blank=True, help_text='For bodies without a unified social credit code. Given automatically when left empty.', max_length=20, null=True, unique=True, verbose_name='local code')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='English name')),
                ('sector', models.CharField(choices=[('U', 'University or institute'), ('I', 'Industry'), ('G', 'Government'), ('N', 'Non-profit')], default='I', max_length=1, verbose_name='sector')),
                ('status', models.CharField(choices=[('forming', 'In formation'), ('active', 'Active'), ('dissolved', 'Dissolved')], default='active', max_length=10, verbose_name='status')),
                ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='organisations.industry', verbose_name='industry')),
                ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='organisations.division', verbose_name='administrative division')),
                ('parent', models.ForeignKey(blank=True, help_text='The legal person that this one directly belongs to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subsidiaries', to='organisations.organisation', verbose_name='parent organisation')),
                ('controlling_group', models.ForeignKey(blank=True, help_text='Who controls it in the end. Members of one group count as one recipient.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='group_members', to='organisations.organisation', verbose_name='controlling group')),
                ('founded', models.DateField(blank=True, null=True, verbose_name='founded')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('in_directory', models.BooleanField(default=True, help_text='Not ticked: only the office sees it, for example a company that a portfolio file brought.', verbose_name='in the directory')),
                ('remarks', models.TextField(blank=True, help_text='Seen by staff only.', verbose_name='remarks')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_records', to='organisations.organisation', verbose_name='merged into')),
                ('name_key', models.TextField(blank=True, editable=False)),
                ('core_key', models.TextField(blank=True, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['pinyin', 'id'],
                'permissions': [('merge_organisation', 'Can merge duplicate organisations')],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('uscc', None), models.Func(models.F('uscc'), function='uscc_ok', output_field=models.BooleanField()), _connector='OR'), name='organisations_uscc_valid', violation_error_message='This is not a valid unified social credit code.'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='organisations_has_a_name', violation_error_message='Give a Chinese or an English name.'), models.CheckConstraint(condition=models.Q(('local_code', None), ('local_code__regex', '^[0-9A-Z][0-9A-Z-]{0,19}$'), _connector='OR'), name='organisations_local_code_form', violation_error_message='A local code has capital letters, digits and hyphens.')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='organisation_search'), models.Index(fields=['pinyin', 'id'], name='organisations_by_pinyin'), models.Index(fields=['name_key'], name='organisations_by_name_key'), models.Index(fields=['core_key'], name='organisations_by_core_key')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.organisation')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('pinyin', models.TextField(blank=True, editable=False, help_text='Syllables of the Chinese name, for sorting and search.', verbose_name='pinyin')),
                ('uscc', innovation.organisations.models.fields.UsccField(blank=True, max_length=18, null=True, verbose_name='unified social credit code')),
                ('local_code', models.CharField(blank=True, help_text='For bodies without a unified social credit code. Given automatically when left empty.', max_length=20, null=True, verbose_name='local code')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='English name')),
                ('sector', models.CharField(choices=[('U', 'University or institute'), ('I', 'Industry'), ('G', 'Government'), ('N', 'Non-profit')], default='I', max_length=1, verbose_name='sector')),
                ('status', models.CharField(choices=[('forming', 'In formation'), ('active', 'Active'), ('dissolved', 'Dissolved')], default='active', max_length=10, verbose_name='status')),
                ('industry', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.industry', verbose_name='industry')),
                ('division', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.division', verbose_name='administrative division')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The legal person that this one directly belongs to.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='parent organisation')),
                ('controlling_group', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Who controls it in the end. Members of one group count as one recipient.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='controlling group')),
                ('founded', models.DateField(blank=True, null=True, verbose_name='founded')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('in_directory', models.BooleanField(default=True, help_text='Not ticked: only the office sees it, for example a company that a portfolio file brought.', verbose_name='in the directory')),
                ('remarks', models.TextField(blank=True, help_text='Seen by staff only.', verbose_name='remarks')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='merged into')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrganisationName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_names', to='organisations.organisation', verbose_name='organisation')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='English name')),
                ('code', models.CharField(blank=True, max_length=20, verbose_name='code')),
                ('pinyin', models.TextField(blank=True, editable=False, verbose_name='pinyin')),
                ('origin', models.CharField(choices=[('renamed', 'Renamed'), ('merged', 'Duplicate record merged'), ('alias', 'Also known as')], default='alias', max_length=10, verbose_name='origin')),
                ('until', models.DateField(blank=True, null=True, verbose_name='used until')),
            ],
            options={
                'verbose_name': 'other name',
                'verbose_name_plural': 'other names',
                'ordering': ['-until', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), ('name_en', ''), ('name_zh', ''), _negated=True), name='organisations_other_name_says_something', violation_error_message='Give a name or a code.')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationNameEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.organisationname')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='English name')),
                ('code', models.CharField(blank=True, max_length=20, verbose_name='code')),
                ('pinyin', models.TextField(blank=True, editable=False, verbose_name='pinyin')),
                ('origin', models.CharField(choices=[('renamed', 'Renamed'), ('merged', 'Duplicate record merged'), ('alias', 'Also known as')], default='alias', max_length=10, verbose_name='origin')),
                ('until', models.DateField(blank=True, null=True, verbose_name='used until')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrganisationMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='kept record')),
                ('loser', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='merged record')),
                ('values', models.JSONField(help_text='Per field: before on both sides, and the value that was kept.', verbose_name='values')),
                ('moved', models.JSONField(help_text='Number of rows per table.', verbose_name='moved rows')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('actor_label', models.CharField(blank=True, max_length=200, verbose_name='by')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'merge of organisations',
                'verbose_name_plural': 'merges of organisations',
                'ordering': ['-recorded_at'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='organisations.organisation', verbose_name='organisation')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('position', models.CharField(blank=True, max_length=100, verbose_name='position')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('is_main', models.BooleanField(default=False, verbose_name='main contact')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['-is_main', 'name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('organisation',), name='organisations_one_main_contact', violation_error_message='There is a main contact already.'), models.CheckConstraint(condition=models.Q(('email', ''), ('phone', ''), _negated=True), name='organisations_contact_can_be_reached', violation_error_message='Give a telephone number or an e-mail address.')],
            },
        ),
        migrations.CreateModel(
            name='ContactEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.contact')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('position', models.CharField(blank=True, max_length=100, verbose_name='position')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('is_main', models.BooleanField(default=False, verbose_name='main contact')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='organisations.organisation', verbose_name='organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='organisation_memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('role', models.CharField(choices=[('lead', 'Lead'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='viewer', max_length=10, verbose_name='role')),
                ('since', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'ordering': ['organisation_id', 'user_id'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'user'), name='organisations_member_once', violation_error_message='This person is a member already.'), models.CheckConstraint(condition=models.Q(('role__in', ['lead', 'editor', 'viewer'])), name='organisations_member_role_known', violation_error_message='Choose a role.')],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.membership')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('role', models.CharField(choices=[('lead', 'Lead'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='viewer', max_length=10, verbose_name='role')),
                ('since', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=50, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=50, verbose_name='English name')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
            ],
            options={
                'verbose_name': 'kind of role',
                'verbose_name_plural': 'kinds of role',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RoleKindEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.rolekind')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('name_zh', models.CharField(max_length=50, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=50, verbose_name='English name')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrganisationRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='organisations.organisation', verbose_name='organisation')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holders', to='organisations.rolekind', verbose_name='role')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='from')),
                ('valid_to', models.DateField(blank=True, help_text='Last day. Empty: still so.', null=True, verbose_name='to')),
                ('note', models.CharField(blank=True, help_text='For example the chain or the list.', max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'role in the ecosystem',
                'verbose_name_plural': 'roles in the ecosystem',
                'ordering': ['kind__position', 'valid_from', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='organisations_role_dates_in_order', violation_error_message='The last day is before the first.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(innovation.organisations.models.roles._Same('organisation'), '='), (innovation.organisations.models.roles._Same('kind'), '='), (innovation.organisations.models.roles._Days(models.F('valid_from'), models.F('valid_to')), '&&')], name='organisations_role_once_at_a_time', violation_error_message='The organisation holds this role at that time already.')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationRoleEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='organisations.organisationrole')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('kind', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisations.rolekind', verbose_name='role')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='from')),
                ('valid_to', models.DateField(blank=True, help_text='Last day. Empty: still so.', null=True, verbose_name='to')),
                ('note', models.CharField(blank=True, help_text='For example the chain or the list.', max_length=200, verbose_name='note')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industry',
            trigger=pgtrigger.compiler.Trigger(name='keep_search', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            NEW.search := array_to_tsvector(\n                search_tokens(concat_ws(' ', NEW.code, NEW.name_zh, NEW.name_en)) || pinyin_tokens(NEW.pinyin)\n            );\n            RETURN NEW;", hash='d3a82a14569cf4cf01d9be851b77d01d679b2348', operation='INSERT OR UPDATE', pgid='pgtrigger_keep_search_59d54', table='organisations_industry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industry',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_industryevent" ("code", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin") VALUES (NEW."code", NEW."is_current", NEW."level", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."code", NEW."pinyin"); RETURN NULL;', hash='c5d4b9746ad8151d9100fdf71a44d7450769dbce', operation='INSERT', pgid='pgtrigger_insert_insert_c7d38', table='organisations_industry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industry',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."is_current" IS DISTINCT FROM (NEW."is_current") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."pinyin" IS DISTINCT FROM (NEW."pinyin"))', func='INSERT INTO "organisations_industryevent" ("code", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin") VALUES (NEW."code", NEW."is_current", NEW."level", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."code", NEW."pinyin"); RETURN NULL;', hash='b052cbfb65c82b6a1a4d170f9a89fc7c2fc3e391', operation='UPDATE', pgid='pgtrigger_update_update_942fe', table='organisations_industry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industry',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_industryevent" ("code", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin") VALUES (OLD."code", OLD."is_current", OLD."level", OLD."name_en", OLD."name_zh", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."code", OLD."pinyin"); RETURN NULL;', hash='ca29a1399e890510045c40bf0f06084e2f72b132', operation='DELETE', pgid='pgtrigger_delete_delete_f87a9', table='organisations_industry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='6f9fa2f14cff4f4dd997c896f45a42fb07fabb98', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_43c74', table='organisations_industryevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='industryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='78617808f0a37197e1f441bd228305fcdfa72f47', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_9311d', table='organisations_industryevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='division',
            trigger=pgtrigger.compiler.Trigger(name='keep_search', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            NEW.search := array_to_tsvector(\n                search_tokens(concat_ws(' ', NEW.code, NEW.name_zh, NEW.name_en)) || pinyin_tokens(NEW.pinyin) || search_tokens(NEW.full_name_zh) || search_tokens(regexp_replace(NEW.full_name_zh, '[省市区县]', '', 'g'))\n            );\n            RETURN NEW;", hash='e8d66436392c0ca7200781a3dfe22d8cecaae23e', operation='INSERT OR UPDATE', pgid='pgtrigger_keep_search_4c4a5', table='organisations_division', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='division',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_divisionevent" ("code", "full_name_zh", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "placeholder") VALUES (NEW."code", NEW."full_name_zh", NEW."is_current", NEW."level", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."code", NEW."pinyin", NEW."placeholder"); RETURN NULL;', hash='999500ada3182a8da8f1e448fd3ba7bea39cc407', operation='INSERT', pgid='pgtrigger_insert_insert_1c6e1', table='organisations_division', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='division',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."full_name_zh" IS DISTINCT FROM (NEW."full_name_zh") OR OLD."is_current" IS DISTINCT FROM (NEW."is_current") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."pinyin" IS DISTINCT FROM (NEW."pinyin") OR OLD."placeholder" IS DISTINCT FROM (NEW."placeholder"))', func='INSERT INTO "organisations_divisionevent" ("code", "full_name_zh", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "placeholder") VALUES (NEW."code", NEW."full_name_zh", NEW."is_current", NEW."level", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."code", NEW."pinyin", NEW."placeholder"); RETURN NULL;', hash='ac694804224fd5a5874530aaf16be7de5ccdeedf', operation='UPDATE', pgid='pgtrigger_update_update_8f53c', table='organisations_division', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='division',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_divisionevent" ("code", "full_name_zh", "is_current", "level", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "placeholder") VALUES (OLD."code", OLD."full_name_zh", OLD."is_current", OLD."level", OLD."name_en", OLD."name_zh", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."code", OLD."pinyin", OLD."placeholder"); RETURN NULL;', hash='3faab9ff0cb5ab070f6c3ff36968a038ce12377a', operation='DELETE', pgid='pgtrigger_delete_delete_e1d3c', table='organisations_division', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='divisionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='86b25691fc4645047cbfa98deb23f1299c476d93', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a9472', table='organisations_divisionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='divisionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='b4e802a936f16fcbbe10fdcf5e8e7dc2c5e513bc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_82c8c', table='organisations_divisionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='keep_search', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    NEW.name_key := name_key(NEW.name_zh);\n    NEW.core_key := regexp_replace(NEW.name_key,\n        '(股份有限公司|有限责任公司|有限公司|有限合伙|合伙企业|集团|总公司|公司|coltd|ltd|inc)', '', 'g');\n    IF NEW.uscc IS NULL AND NEW.local_code IS NULL AND NEW.merged_into_id IS NULL THEN\n        NEW.local_code := 'L' || lpad(nextval('organisations_local_code')::text, 6, '0');\n    END IF;\n\n            NEW.search := array_to_tsvector(\n                search_tokens(concat_ws(' ', NEW.uscc, NEW.local_code, NEW.name_zh, NEW.name_en)) || pinyin_tokens(NEW.pinyin) || (\n    SELECT coalesce(search_tokens(string_agg(concat_ws(' ', other.name_zh, other.name_en, other.code), ' ')), '{}')\n           || coalesce(pinyin_tokens(string_agg(other.pinyin, ' ')), '{}')\n    FROM organisations_organisationname other WHERE other.organisation_id = NEW.id\n)\n            );\n            RETURN NEW;", hash='968db39aebfa86451182ba9122f503cc0f64fe81', operation='INSERT OR UPDATE', pgid='pgtrigger_keep_search_0db54', table='organisations_organisation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='parent_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."parent_id" IS NOT NULL)', func="\n            PERFORM pg_advisory_xact_lock(hashtext('organisations.parent'));\n            IF EXISTS (\n                WITH RECURSIVE above(id) AS (\n                    SELECT NEW.parent_id\n                    UNION\n                    SELECT item.parent_id FROM organisations_organisation item JOIN above ON item.id = above.id\n                    WHERE item.parent_id IS NOT NULL\n                )\n                SELECT 1 FROM above WHERE id = NEW.id\n            ) THEN\n                RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,\n                    CONSTRAINT = 'organisations_parent_no_cycle',\n                    MESSAGE = 'An organisation cannot stand above itself (parent).';\n            END IF;\n            RETURN NEW;\n            ", hash='2b9493d457462cdc6135b0a9141986f7987c52ed', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_parent_no_cycle_bba1f', table='organisations_organisation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='controlling_group_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."controlling_group_id" IS NOT NULL)', func="\n            PERFORM pg_advisory_xact_lock(hashtext('organisations.controlling_group'));\n            IF EXISTS (\n                WITH RECURSIVE above(id) AS (\n                    SELECT NEW.controlling_group_id\n                    UNION\n                    SELECT item.controlling_group_id FROM organisations_organisation item JOIN above ON item.id = above.id\n                    WHERE item.controlling_group_id IS NOT NULL\n                )\n                SELECT 1 FROM above WHERE id = NEW.id\n            ) THEN\n                RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,\n                    CONSTRAINT = 'organisations_controlling_group_no_cycle',\n                    MESSAGE = 'An organisation cannot stand above itself (controlling_group).';\n            END IF;\n            RETURN NEW;\n            ", hash='1f433f8dd570dea1f2ad739325083c8fedaf742b', operation='INSERT OR UPDATE OF "controlling_group_id"', pgid='pgtrigger_controlling_group_no_cycle_17128', table='organisations_organisation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='merged_into_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."merged_into_id" IS NOT NULL)', func="\n            PERFORM pg_advisory_xact_lock(hashtext('organisations.merged_into'));\n            IF EXISTS (\n                WITH RECURSIVE above(id) AS (\n                    SELECT NEW.merged_into_id\n                    UNION\n                    SELECT item.merged_into_id FROM organisations_organisation item JOIN above ON item.id = above.id\n                    WHERE item.merged_into_id IS NOT NULL\n                )\n                SELECT 1 FROM above WHERE id = NEW.id\n            ) THEN\n                RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,\n                    CONSTRAINT = 'organisations_merged_into_no_cycle',\n                    MESSAGE = 'An organisation cannot stand above itself (merged_into).';\n            END IF;\n            RETURN NEW;\n            ", hash='c12f7e96c171b81dd556c29075b8ea7279ee6879', operation='INSERT OR UPDATE OF "merged_into_id"', pgid='pgtrigger_merged_into_no_cycle_7cba9', table='organisations_organisation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='keep_former_name', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.merged_into_id IS NULL AND OLD.merged_into_id IS NULL AND (\n        (OLD.name_zh <> '' AND OLD.name_zh <> NEW.name_zh)\n        OR (OLD.name_en <> '' AND OLD.name_en <> NEW.name_en)\n        OR (OLD.uscc IS NOT NULL AND OLD.uscc IS DISTINCT FROM NEW.uscc)\n    ) THEN\n        INSERT INTO organisations_organisationname (organisation_id, name_zh, name_en, code, pinyin, origin, until)\n        VALUES (\n            OLD.id, OLD.name_zh, OLD.name_en,\n            CASE WHEN OLD.uscc IS DISTINCT FROM NEW.uscc THEN coalesce(OLD.uscc, '') ELSE '' END,\n            OLD.pinyin, 'renamed', (now() AT TIME ZONE 'Asia/Shanghai')::date\n        );\n    END IF;\n    RETURN NULL;\n", hash='cc98c1d51d1b5361826894cfd89261e86b012a30', operation='UPDATE OF "name_zh", "name_en", "uscc", "merged_into_id"', pgid='pgtrigger_keep_former_name_73189', table='organisations_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationevent" ("address", "controlling_group_id", "created_at", "division_id", "founded", "id", "in_directory", "industry_id", "local_code", "merged_into_id", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "remarks", "sector", "status", "uscc", "website") VALUES (NEW."address", NEW."controlling_group_id", NEW."created_at", NEW."division_id", NEW."founded", NEW."id", NEW."in_directory", NEW."industry_id", NEW."local_code", NEW."merged_into_id", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."pinyin", NEW."remarks", NEW."sector", NEW."status", NEW."uscc", NEW."website"); RETURN NULL;', hash='b30af04a01248b5c7ddba3e6933f29f7c3693567', operation='INSERT', pgid='pgtrigger_insert_insert_040c9', table='organisations_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."controlling_group_id" IS DISTINCT FROM (NEW."controlling_group_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."division_id" IS DISTINCT FROM (NEW."division_id") OR OLD."founded" IS DISTINCT FROM (NEW."founded") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."in_directory" IS DISTINCT FROM (NEW."in_directory") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."local_code" IS DISTINCT FROM (NEW."local_code") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."pinyin" IS DISTINCT FROM (NEW."pinyin") OR OLD."remarks" IS DISTINCT FROM (NEW."remarks") OR OLD."sector" IS DISTINCT FROM (NEW."sector") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."uscc" IS DISTINCT FROM (NEW."uscc") OR OLD."website" IS DISTINCT FROM (NEW."website"))', func='INSERT INTO "organisations_organisationevent" ("address", "controlling_group_id", "created_at", "division_id", "founded", "id", "in_directory", "industry_id", "local_code", "merged_into_id", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "remarks", "sector", "status", "uscc", "website") VALUES (NEW."address", NEW."controlling_group_id", NEW."created_at", NEW."division_id", NEW."founded", NEW."id", NEW."in_directory", NEW."industry_id", NEW."local_code", NEW."merged_into_id", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."pinyin", NEW."remarks", NEW."sector", NEW."status", NEW."uscc", NEW."website"); RETURN NULL;', hash='71aac6749684dca7b7cf5d43b779d99419ed2043', operation='UPDATE', pgid='pgtrigger_update_update_0b99b', table='organisations_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationevent" ("address", "controlling_group_id", "created_at", "division_id", "founded", "id", "in_directory", "industry_id", "local_code", "merged_into_id", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "remarks", "sector", "status", "uscc", "website") VALUES (OLD."address", OLD."controlling_group_id", OLD."created_at", OLD."division_id", OLD."founded", OLD."id", OLD."in_directory", OLD."industry_id", OLD."local_code", OLD."merged_into_id", OLD."name_en", OLD."name_zh", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."pinyin", OLD."remarks", OLD."sector", OLD."status", OLD."uscc", OLD."website"); RETURN NULL;', hash='b55dd6b06e570799f5c29fab60b20d006a29cfd1', operation='DELETE', pgid='pgtrigger_delete_delete_57a4b', table='organisations_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='0e6a99c7cfb28bcc304152fa8f25efb6a91bbdc9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c38e9', table='organisations_organisationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='f4f49107ed582a29dfc1c405af5632a4e885507e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_464d2', table='organisations_organisationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationname',
            trigger=pgtrigger.compiler.Trigger(name='refresh_search', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE organisations_organisation SET search = NULL\n    WHERE id = OLD.organisation_id OR id = NEW.organisation_id;\n    RETURN NULL;\n', hash='255b39a1f214c907cad9bc2c42ea44dc0ed1105a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_refresh_search_2d678', table='organisations_organisationname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationname',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationnameevent" ("code", "id", "name_en", "name_zh", "organisation_id", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "until") VALUES (NEW."code", NEW."id", NEW."name_en", NEW."name_zh", NEW."organisation_id", NEW."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."pinyin", NEW."until"); RETURN NULL;', hash='88e6bdfef813747c86258a2fca5833317f38d041', operation='INSERT', pgid='pgtrigger_insert_insert_db8bc', table='organisations_organisationname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationname',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisations_organisationnameevent" ("code", "id", "name_en", "name_zh", "organisation_id", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "until") VALUES (NEW."code", NEW."id", NEW."name_en", NEW."name_zh", NEW."organisation_id", NEW."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."pinyin", NEW."until"); RETURN NULL;', hash='edf61c488c8d6d6420b2a9eb4343f7433812383f', operation='UPDATE', pgid='pgtrigger_update_update_8f630', table='organisations_organisationname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationname',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationnameevent" ("code", "id", "name_en", "name_zh", "organisation_id", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "until") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_zh", OLD."organisation_id", OLD."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."pinyin", OLD."until"); RETURN NULL;', hash='b471f50acc2db23cd86b8c76db82f02681730cfd', operation='DELETE', pgid='pgtrigger_delete_delete_a0b82', table='organisations_organisationname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationnameevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='f34e643d5cb57a01b56b3cd7dbbb98457f0e3ac6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_19922', table='organisations_organisationnameevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationnameevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='333517757e3fbb612156d71b69e8b9e2d1f4e308', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_8ab88', table='organisations_organisationnameevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationmerge',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='bd7d68b093498650b201ae8696edfa2d951d624a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fbeb4', table='organisations_organisationmerge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationmerge',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='4baf47ecbe24dec9cb77e881308462c34d15c73f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_de937', table='organisations_organisationmerge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_contactevent" ("email", "id", "is_main", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position") VALUES (NEW."email", NEW."id", NEW."is_main", NEW."name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."position"); RETURN NULL;', hash='157a0e0cccc7ae20110b163212a9c12382e2e0d6', operation='INSERT', pgid='pgtrigger_insert_insert_06a36', table='organisations_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisations_contactevent" ("email", "id", "is_main", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position") VALUES (NEW."email", NEW."id", NEW."is_main", NEW."name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."position"); RETURN NULL;', hash='f6a0c4b3f620aa33ae31cbc4e3fcbf7b7239e1fd', operation='UPDATE', pgid='pgtrigger_update_update_f2cbf', table='organisations_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_contactevent" ("email", "id", "is_main", "name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position") VALUES (OLD."email", OLD."id", OLD."is_main", OLD."name", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."position"); RETURN NULL;', hash='b9d152b7463d1d98f486ea35a826a57501d93c4e', operation='DELETE', pgid='pgtrigger_delete_delete_b9b0d', table='organisations_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='2f63981066833e141dce2b0b8ca41c3addd27a0b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bc39a', table='organisations_contactevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='3415bcc926115c8f84a6cf5d3d238d4bfe8d4b72', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_4b576', table='organisations_contactevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_membershipevent" ("id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since", "user_id") VALUES (NEW."id", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."role", NEW."since", NEW."user_id"); RETURN NULL;', hash='6ea13ea8daa37582db4e8b7d1ef3f47e7819ef89', operation='INSERT', pgid='pgtrigger_insert_insert_ea1f9', table='organisations_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisations_membershipevent" ("id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since", "user_id") VALUES (NEW."id", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."role", NEW."since", NEW."user_id"); RETURN NULL;', hash='52049c310fd7550619725f924f701ae2b68b5fbb', operation='UPDATE', pgid='pgtrigger_update_update_8973b', table='organisations_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_membershipevent" ("id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since", "user_id") VALUES (OLD."id", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."role", OLD."since", OLD."user_id"); RETURN NULL;', hash='6add4e9fb39460653efbab0be61a670a1272de82', operation='DELETE', pgid='pgtrigger_delete_delete_b591d', table='organisations_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='69fbbfd2ccafd102b552beb3fe713e3b43b8a166', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8c259', table='organisations_membershipevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='4a74147a3cef3f18359341bbb1c6bd7276a7d83b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_64bb1', table='organisations_membershipevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolekind',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_rolekindevent" ("code", "description", "id", "name_en", "name_zh", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."code", NEW."description", NEW."id", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='70f9fc27ee996319628522297400e2a3ac9ea36c', operation='INSERT', pgid='pgtrigger_insert_insert_9c8ab', table='organisations_rolekind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolekind',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisations_rolekindevent" ("code", "description", "id", "name_en", "name_zh", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."code", NEW."description", NEW."id", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='df2b2a4a6137aa86140a96855690539df1a4fe8d', operation='UPDATE', pgid='pgtrigger_update_update_845a0', table='organisations_rolekind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolekind',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_rolekindevent" ("code", "description", "id", "name_en", "name_zh", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."code", OLD."description", OLD."id", OLD."name_en", OLD."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='ff4b1b6de0a1821d9fd4066ae675d324c53e2550', operation='DELETE', pgid='pgtrigger_delete_delete_7201b', table='organisations_rolekind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolekindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='5af0aeabd15044609449cfc3c4d56c99e9ccc333', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_994a1', table='organisations_rolekindevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolekindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='fe494261945346240c36149fe511b80e6440fe4c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_fb965', table='organisations_rolekindevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationrole',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationroleevent" ("id", "kind_id", "note", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."kind_id", NEW."note", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='79a6332e04642af8dd92546c92b28e9c644cd257', operation='INSERT', pgid='pgtrigger_insert_insert_3c763', table='organisations_organisationrole', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationrole',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisations_organisationroleevent" ("id", "kind_id", "note", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."kind_id", NEW."note", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='26827a86d7d9900e158235d314150a70ad697c91', operation='UPDATE', pgid='pgtrigger_update_update_fe4d0', table='organisations_organisationrole', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationrole',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisations_organisationroleevent" ("id", "kind_id", "note", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."id", OLD."kind_id", OLD."note", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='bfebc10fee54ed9f1ed415bdd9c60e692d6662e0', operation='DELETE', pgid='pgtrigger_delete_delete_b63bd', table='organisations_organisationrole', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationroleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='3fecf9ff8f5aecd13e39ebc00dcbb39cf0cf7ee7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9af1a', table='organisations_organisationroleevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationroleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n", hash='907f3e9458a88423f9cc75c1a7ab81ca1aec6bba', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_967f3', table='organisations_organisationroleevent', when='BEFORE')),
        ),
    ]

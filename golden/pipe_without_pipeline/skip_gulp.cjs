const gulp = require('gulp');
const rename = require('gulp-rename');

gulp.task('copy', () => gulp.src('src/*').pipe(rename('x')).pipe(gulp.dest('out')));

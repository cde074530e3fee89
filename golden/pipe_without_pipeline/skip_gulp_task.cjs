const gulp = require('gulp');
const rename = require('gulp-rename');

exports.copy = (to) => gulp.src(process.env.PAGES).pipe(rename(to)).pipe(gulp.dest(process.env.OUT));
